# SPDX-License-Identifier: MIT
# folded
"""The parts of every drawing. Lengths are pixels, and y runs downward.

A tensor has one color, matplotlib's C0 to C9, and its name beside it. `figure.description`
says what the picture shows, numbers included, for readers who do not see it. `figure.numbers` holds
the tensors with the place of their cells, so that a page can say where a number under the pointer
comes from.
"""

import matplotlib.pyplot as plt
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from snippets.drawing.tensors import COLORS

MUTED = "0.25"
ROW, HEADER, GAP = 32, 24, 30  # pixels: a row of cells, the name above it, between matrices
WIDE = 424  # pixels: a picture that fills the column of a page
# Tensors with a row per input, and those with a column per input too.
OF_INPUTS = "inputs", "queries", "keys", "values", "scores", "weights", "outputs"
PAIRS = "scores", "weights"


def canvas(title, width, height):
    """Return the axes of a new figure, in pixels from the top left corner."""
    figure = plt.figure(title, figsize=((width + 4) / 72, (height + 4) / 72), layout="none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-2, width + 2), ylim=(height + 2, -2))
    axes.axis("off")
    return axes


def describe(axes, *parts):
    axes.figure.description = ". ".join(parts) + "."


def answer(axes, name, tensor, made=None, cells=None, **names):
    """Let the page explain a number of a tensor when a reader points at it.

    made: how it is computed, such as ("product", "inputs", "w_key"), from tensors of this figure
    cells: x and y of the first cell, its width and its height; None for a tensor that is not drawn
    names: `rows` and `columns`, one name for all or a list of names; `vector=True` for a column of
        numbers that has one index in code; `color` instead of that of the name
    """
    stem, turned = stem_of(name), "T" in name.partition(".")[2]
    row = "input" if stem in OF_INPUTS and not turned else "row"
    column = "input" if stem in PAIRS or (stem in OF_INPUTS and turned) else "column"
    one = {"name": name, "color": color_of(name), "values": exact(tensor)}
    one |= {"rows": row, "columns": column} | names
    one |= {"vector": True} if tensor.dim() == 1 else {}
    one |= {"cells": [round(place + 2, 1) for place in cells[:2]] + [*cells[2:]]} if cells else {}
    one |= {"made": made} if made else {}
    axes.figure.numbers = [*getattr(axes.figure, "numbers", []), one]


def exact(tensor):
    """Return the rows of numbers, rounded; inf and nan, which JSON lacks, become strings."""
    digits = 6 if tensor.numel() < 50 else 3
    rows = tensor.detach().reshape(-1, tensor.shape[-1]).tolist()
    short = [[float(f"{n:.{digits}g}") for n in row] for row in rows]
    return [[n if abs(n) < float("inf") else str(n) for n in row] for row in short]


def matrix(axes, x, y, name, tensor, cell=None, made=None):
    """Draw a tensor's name, its shape, and its numbers in cells."""
    cell = cell or cell_width(tensor)
    header(axes, x, y, name, tensor, tensor.shape[-1] * cell)
    grid(axes, x, y + HEADER, tensor, name, cell)
    answer(axes, name, tensor, made, (x, y + HEADER, cell, ROW))


def header(axes, x, y, name, tensor, width):
    write(axes, x, y + 15, name, color_of(name), weight="bold")
    width = max(width, header_width(name, tensor))
    write(axes, x + width, y + 15, str(tuple(tensor.shape)), MUTED, "right", size=12)


def grid(axes, x, y, tensor, name, cell, alpha=0.14):
    rows = tensor.reshape(-1, tensor.shape[-1] if tensor.dim() else 1)
    cells(axes, x, y, cell, ROW, name, alpha, *rows.shape)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            write(axes, x + (j + 0.5) * cell, y + i * ROW + 21, number(value), align="center")


def cells(axes, x, y, width, height, name, alpha, rows=1, columns=1):
    """Draw a grid of tinted cells, with a thin gap between them."""
    corners = [(0.5, 0.5), (width - 0.5, 0.5), (width - 0.5, height - 0.5), (0.5, height - 0.5)]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    places = [(x + j * width, y + i * height) for i in range(rows) for j in range(columns)]
    points = [(left + dx, top + dy) for left, top in places for dx, dy in [*corners, corners[0]]]
    path = Path(points, codes * len(places))
    axes.add_patch(PathPatch(path, fc=color_of(name), alpha=alpha, lw=0))


def frame(axes, x, y, width, height, name, gid=None):
    """Draw a frame; the gid "mark" hides it when a reader points at another number."""
    corner, color = (x + 0.5, y + 0.5), color_of(name)
    box = plt.Rectangle(corner, width - 1, height - 1, fill=False, ec=color, lw=2, gid=gid)
    axes.add_patch(box)


def rule(axes, xs, ys):
    axes.plot(xs, ys, color=MUTED, lw=1, solid_capstyle="butt")


def write(axes, x, y, text, color="black", align="left", weight="normal", size=13, gid=None):
    axes.text(x, y, text, color=color, ha=align, va="baseline", weight=weight, size=size, gid=gid)


def tint(depth):
    """Return an alpha for a number from 0 to 1 that keeps text readable in both themes."""
    return 0.04 + 0.32 * min(max(depth, 0), 1)


def color_of(name):
    """Return the color of a name: keys.T and keys[0] have that of keys, unknown names black."""
    return COLORS.get(stem_of(name), "black")


def stem_of(name):
    return name.partition(".")[0].partition("[")[0]


def size(name, tensor, cell=None):
    """Width and height of a matrix with its name."""
    rows = tensor.numel() // tensor.shape[-1]
    width = tensor.shape[-1] * (cell or cell_width(tensor))
    return max(width, header_width(name, tensor)), HEADER + rows * ROW


def header_width(name, tensor):
    return 8 * len(name) + 7 * len(str(tuple(tensor.shape)))


def cell_width(tensor):
    return max(34, 8 * max(len(number(value)) for value in tensor.flatten()) + 12)


def number(value):
    """Format whole numbers as they are, others with three decimals: 0.000 is small, 0 is zero."""
    value = float(value) + 0  # turns -0.0 into 0.0
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.0f}"
    if abs(value) < 1000:
        return f"{value:.3f}".replace("-0.000", "0.000")
    return f"{value:.1e}".replace("e+0", "e")


def listed(tensor):
    return ", ".join(number(value) for value in tensor)


def in_words(name, tensor, row="row"):
    rows = tensor.reshape(-1, tensor.shape[-1])
    listing = "; ".join(f"{row} {i + 1}: {listed(numbers)}" for i, numbers in enumerate(rows))
    return f"{name}, shape {tuple(tensor.shape)}: {listing}"
