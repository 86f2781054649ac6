# SPDX-License-Identifier: MIT
# folded
"""Draw attention maps that are too large for numbers in their cells."""

from matplotlib.patches import PathPatch
from matplotlib.path import Path

from snippets.drawing.pieces import answer, canvas, cells, describe, rule, write
from snippets.drawing.tensors import COLORS

CELL, GAP, TOP, LEVELS = 12, 40, 46, 8
QUERIES_BY_KEYS = {"rows": "query", "columns": "key"}


def two_maps(**maps):
    """Draw {title: weights} side by side, each map scaled to its own largest weight."""
    side_by_side("Who looks at whom, in both models", **maps)


def side_by_side(name, cell=CELL, gap=GAP, largest=None, **maps):
    """Draw any number of maps in a figure; all are scaled to `largest` if it is given."""
    side = len(next(iter(maps.values()))) * cell
    axes = canvas(name, len(maps) * (side + gap) - gap, TOP + side)
    for place, (title, weights) in enumerate(maps.items()):
        left = place * (side + gap)
        write(axes, left, 13, title.replace("_", " "), weight="bold")
        write(axes, left, 35, "queries ↓", "C1", size=12)
        write(axes, left + side, 35, "keys →", "C2", "right", size=12)
        one_map(axes, left, weights, cell, largest or weights.max())
        name, place = title.replace("_", " "), (left, TOP, cell, cell)
        answer(axes, name, weights, None, place, color=COLORS["weights"], **QUERIES_BY_KEYS)
    describe(axes, *(map_in_words(title, weights) for title, weights in maps.items()))


def one_map(axes, left, weights, cell, largest):
    levels = (weights / largest * LEVELS).round().int()
    for level in range(1, LEVELS + 1):
        places = (levels == level).nonzero().tolist()
        squares = [
            Path.unit_rectangle().vertices * cell + (left + j * cell, TOP + i * cell)
            for i, j in places
        ]
        if squares:
            path = Path.make_compound_path(*(Path(one, closed=True) for one in squares))
            axes.add_patch(PathPatch(path, fc=COLORS["weights"], alpha=level / LEVELS, lw=0))
    right, bottom = left + len(weights) * cell, TOP + len(weights) * cell
    rule(axes, (left, right, right, left, left), (TOP, TOP, bottom, bottom, TOP))


def map_in_words(title, weights):
    looks = []
    for i, row in enumerate(weights):
        most = (row > row.max() / 2).nonzero().flatten() + 1
        looks.append(f"query {i + 1} to key {' and '.join(map(str, most.tolist()))}")
    title = title.replace("_", " ")
    return f"{title}, each query looks most: {', '.join(looks)}"


def letter_map(name, letters, weights):
    """Draw a map with a letter beside each row and above each column; a blank is a low line."""
    cell, left, top = 26, 96, 50
    names = [letter.replace(" ", "_") for letter in letters]
    axes = canvas(name, left + len(names) * cell, top + len(names) * cell)
    write(axes, 0, 15, "queries ↓", COLORS["queries"], size=12)
    write(axes, left, 15, "keys →", COLORS["keys"], size=12)
    for i, letter in enumerate(names):
        write(axes, left + (i + 0.5) * cell, top - 10, letter, COLORS["keys"], "center", "bold")
        write(axes, left - 14, top + i * cell + 18, letter, COLORS["queries"], "center", "bold")
        for j, weight in enumerate(weights[i].tolist()):
            cells(axes, left + j * cell, top + i * cell, cell, cell, "weights", 0.05 + 0.9 * weight)
    answer(axes, "weights", weights, None, (left, top, cell, cell), rows=names, columns=names)
    describe(axes, map_in_words(name, weights))
