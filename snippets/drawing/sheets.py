# SPDX-License-Identifier: MIT
# folded
"""A worksheet: what is given in numbers, every step in empty boxes, or filled in."""

import torch

from snippets.drawing.pieces import (
    GAP,
    HEADER,
    ROW,
    canvas,
    cells,
    color_of,
    describe,
    number,
    write,
)

CELL = 44  # pixels
LINE = 22


def worksheet(title, given, steps, filled=False):
    """Rows of matrices below the words that say what to do.

    given: tensors by name; steps: for each step its words and its tensors by name. A name such as
        "scores, head 2" has the color of its first word
    """
    rows = [("Given: the inputs, one to a row, and three matrices.", given), *steps]
    width = max(sum(len(t[0]) * CELL + GAP for t in tensors.values()) for _, tensors in rows)
    heights = [LINE + HEADER + ROW * max(map(len, tensors.values())) + 14 for _, tensors in rows]
    axes = canvas(title, max(width, 560), sum(heights))
    y, said = 0, []
    for (words, tensors), height in zip(rows, heights, strict=True):
        write(axes, 0, y + 14, words)
        x = 0
        for name, tensor in tensors.items():
            is_shown = filled or tensors is given
            box(axes, x, y + LINE, name, tensor, is_shown)
            x += max(len(tensor[0]) * CELL, 8 * len(name)) + GAP
            shape = " by ".join(map(str, tensor.shape))
            numbers = "; ".join(", ".join(map(on_paper, row)) for row in tensor)
            said.append(f"{name}: {numbers}" if is_shown else f"{name}: {shape} empty boxes")
        said.insert(len(said) - len(tensors), words.rstrip("."))
        y += height
    describe(axes, *said)


def box(axes, x, y, name, tensor, is_shown):
    first = name.split(",")[0]
    key = {"x": "inputs", "powers": "weights", "shares": "weights"}.get(first, first)
    write(axes, x, y + 15, name, color_of(key), weight="bold")
    cells(axes, x, y + HEADER, CELL, ROW, key, 0.14, *tensor.shape)
    for i, row in enumerate(tensor):
        for j, value in enumerate(row):
            text = on_paper(value) if is_shown else "hidden" if value == -torch.inf else ""
            place = x + (j + 0.5) * CELL, y + HEADER + i * ROW + 21
            write(axes, *place, text, align="center", size=11 if text == "hidden" else 13)


def on_paper(value):
    return "hidden" if value == -torch.inf else number(round(float(value), 2))
