# SPDX-License-Identifier: MIT
# folded
"""Draw two small maps side by side, wrong and right."""

from snippets.drawing.pieces import answer, canvas, cells, describe, in_words, rule, write
from snippets.drawing.tensors import COLORS

SIDE, BETWEEN, TOP = 90, 24, 24  # pixels
ROWS_AND_COLUMNS = {
    "weights": {"rows": "query", "columns": "key"},
    "inputs": {"rows": "row", "columns": "column"},
}


def pair(title, wrong, right, *made, of="weights", **names):
    """Draw the results of broken and fixed code, or None for an error, as the tensor `of`.

    made: how each result is computed, as a rule and a source tensor, such as
        ("softmax", scores); some rules need no tensor, and an error has None
    names: `rows` and `columns`, if they differ from those of the tensor `of`
    """
    axes = canvas(title, 2 * SIDE + BETWEEN, TOP + SIDE)
    largest, told = right.max().item(), []
    named = {"color": COLORS[of], **ROWS_AND_COLUMNS[of], **names}
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
        rule, *sources = made[place]
        for source in sources:
            answer(axes, f"what {label} is made of", source)
        made_of = [rule, *(f"what {label} is made of" for _ in sources)]
        answer(axes, label, numbers, made_of, (x, TOP, *shape), **named)
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
