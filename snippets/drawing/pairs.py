# SPDX-License-Identifier: MIT
# folded
"""Draw which numbers of a row form a pair and turn together."""

from snippets.drawing.pieces import canvas, cells, describe, write

CELL, TALL, LABEL, STEP = 40, 30, 22, 72  # pixels: width and height of a cell, label, row


def pairs_of(title, **rows):
    """Draw rows of numbers. rows: for each name, the pair of each number, counted from 1."""
    longest = max(map(len, rows.values()))
    axes = canvas(title, longest * CELL, len(rows) * STEP - 14)
    for i, (name, pairs) in enumerate(rows.items()):
        write(axes, 0, i * STEP + 15, name.replace("_", " "), weight="bold")
        for j, pair in enumerate(pairs):
            left, top = j * CELL, i * STEP + LABEL
            cells(axes, left, top, CELL, TALL, "queries", 0.08 + 0.09 * (pair - 1))
            write(axes, left + CELL / 2, top + 20, str(pair), align="center")
    describe(
        axes,
        f"The pairs of {longest} numbers, from left to right",
        *(f"{name.replace('_', ' ')}: {', '.join(map(str, row))}" for name, row in rows.items()),
    )
