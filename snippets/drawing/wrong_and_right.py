# SPDX-License-Identifier: MIT
# folded
"""Two small maps side by side, wrong and right."""

from snippets.drawing.pieces import answer, canvas, cells, describe, in_words, rule, write
from snippets.drawing.tensors import COLORS

SIDE, BETWEEN, TOP = 90, 24, 24  # pixels
ROWS_AND_COLUMNS = {"weights": ("query", "key"), "inputs": ("row", "column")}


def pair(title, wrong, right, of="weights"):
    """What broken and fixed code gives, where None is an error, in the color of a tensor."""
    axes = canvas(title, 2 * SIDE + BETWEEN, TOP + SIDE)
    largest, told = right.max().item(), []
    for place, (label, numbers) in enumerate((("wrong", wrong), ("right", right))):
        x = place * (SIDE + BETWEEN)
        write(axes, x, 14, label, weight="bold")
        if numbers is None:
            write(axes, x + SIDE / 2, TOP + SIDE / 2 + 5, "an error", align="center")
            outline(axes, x, SIDE)
            told.append(f"{label}: an error")
            continue
        shape = SIDE / numbers.shape[1], SIDE / max(3, len(numbers))  # of a cell
        small_map(axes, x, numbers / largest, of, *shape)
        told.append(in_words(label, numbers))
        rows, columns = ROWS_AND_COLUMNS[of]
        named = {"rows": rows, "columns": columns, "color": COLORS[of]}
        answer(axes, label, numbers, None, (x, TOP, *shape), **named)
    describe(axes, *told)


def small_map(axes, x, depths, tensor, width, height):
    for i, row in enumerate(depths):
        for j, depth in enumerate(row.tolist()):
            left, top = x + j * width, TOP + i * height
            shown = min(max(depth, 0), 1) if depth == depth else 0
            cells(axes, left, top, width, height, tensor, 0.04 + 0.9 * shown)
            if depth != depth:
                write(axes, left + width / 2, top + height / 2 + 5, "NaN", align="center")
    outline(axes, x, len(depths) * height)


def outline(axes, x, height):
    rule(axes, (x, x + SIDE, x + SIDE, x, x), (TOP, TOP, TOP + height, TOP + height, TOP))
