# SPDX-License-Identifier: MIT
# folded
"""Draws attention maps that are too large for numbers in their cells."""

from matplotlib.patches import PathPatch
from matplotlib.path import Path

from snippets.drawing.pieces import canvas, describe, rule, write
from snippets.drawing.tensors import COLORS

CELL, TOP, LEVELS = 12, 46, 8


def two_maps(**maps):
    """Maps of weights side by side, by their titles; each is as deep as its largest weight."""
    length = len(next(iter(maps.values())))
    side = length * CELL
    axes = canvas("Who looks at whom, in both models", 2 * side + 40, TOP + side)
    for place, (title, weights) in enumerate(maps.items()):
        left = place * (side + 40)
        write(axes, left, 13, title.replace("_", " "), weight="bold")
        write(axes, left, 35, "queries ↓", "C1", size=12)
        write(axes, left + side, 35, "keys →", "C2", "right", size=12)
        one_map(axes, left, weights)
    describe(axes, *(in_words(title, weights) for title, weights in maps.items()))


def one_map(axes, left, weights):
    levels = (weights / weights.max() * LEVELS).round().int()
    for level in range(1, LEVELS + 1):
        places = (levels == level).nonzero().tolist()
        squares = [
            Path.unit_rectangle().vertices * CELL + (left + j * CELL, TOP + i * CELL)
            for i, j in places
        ]
        if squares:
            path = Path.make_compound_path(*(Path(one, closed=True) for one in squares))
            axes.add_patch(PathPatch(path, fc=COLORS["weights"], alpha=level / LEVELS, lw=0))
    right, bottom = left + len(weights) * CELL, TOP + len(weights) * CELL
    rule(axes, (left, right, right, left, left), (TOP, TOP, bottom, bottom, TOP))


def in_words(title, weights):
    looks = []
    for i, row in enumerate(weights):
        most = (row > row.max() / 2).nonzero().flatten() + 1
        looks.append(f"query {i + 1} to key {' and '.join(map(str, most.tolist()))}")
    title = title.replace("_", " ")
    return f"{title}, each query looks most: {', '.join(looks)}"
