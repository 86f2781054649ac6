# SPDX-License-Identifier: MIT
# folded
"""The pieces that every drawing is made of. Lengths are pixels, y runs downward.

A tensor has one color, matplotlib's C0 to C9, and its name beside it. `figure.description`
says what the picture shows, numbers included, for those who do not see it.
"""

import matplotlib.pyplot as plt
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from snippets.drawing.tensors import COLORS

MUTED = "0.25"
ROW, HEADER, GAP = 32, 24, 30  # pixels: a row of cells, the name above it, between matrices


def canvas(title, width, height):
    """A new figure whose axes count pixels from the top left corner."""
    figure = plt.figure(title, figsize=((width + 4) / 72, (height + 4) / 72), layout="none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-2, width + 2), ylim=(height + 2, -2))
    axes.axis("off")
    return axes


def describe(axes, *parts):
    axes.figure.description = ". ".join(parts) + "."


def matrix(axes, x, y, name, tensor, cell=None):
    """The tensor's name, its shape, and its numbers in cells."""
    header(axes, x, y, name, tensor, tensor.shape[-1] * (cell or cell_width(tensor)))
    grid(axes, x, y + HEADER, tensor, name, cell or cell_width(tensor))


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
    """A grid of tinted cells, with a thin gap between them."""
    corners = [(0.5, 0.5), (width - 0.5, 0.5), (width - 0.5, height - 0.5), (0.5, height - 0.5)]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    places = [(x + j * width, y + i * height) for i in range(rows) for j in range(columns)]
    points = [(left + dx, top + dy) for left, top in places for dx, dy in [*corners, corners[0]]]
    path = Path(points, codes * len(places))
    axes.add_patch(PathPatch(path, fc=color_of(name), alpha=alpha, lw=0))


def frame(axes, x, y, width, height, name):
    corner, color = (x + 0.5, y + 0.5), color_of(name)
    axes.add_patch(plt.Rectangle(corner, width - 1, height - 1, fill=False, ec=color, lw=2))


def rule(axes, xs, ys):
    axes.plot(xs, ys, color=MUTED, lw=1, solid_capstyle="butt")


def write(axes, x, y, text, color="black", align="left", weight="normal", size=13):
    axes.text(x, y, text, color=color, ha=align, va="baseline", weight=weight, size=size)


def tint(depth):
    """The alpha for a number between 0 and 1; the text on it stays readable in both themes."""
    return 0.04 + 0.32 * min(max(depth, 0), 1)


def color_of(name):
    """keys and keys.T have the color of keys; a name without a color is black."""
    return COLORS.get(name.partition(".")[0], "black")


def size(name, tensor):
    """Width and height of a matrix with its name."""
    rows = tensor.numel() // tensor.shape[-1]
    width = tensor.shape[-1] * cell_width(tensor)
    return max(width, header_width(name, tensor)), HEADER + rows * ROW


def header_width(name, tensor):
    return 8 * len(name) + 7 * len(str(tuple(tensor.shape)))


def cell_width(tensor):
    return max(34, 8 * max(len(number(value)) for value in tensor.flatten()) + 12)


def number(value):
    """Whole numbers as they are, others with three decimals, very small ones as 6.0e-6."""
    value = float(value) + 0  # no minus before a zero
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.0f}"
    if 0.001 <= abs(value) < 1000:
        return f"{value:.3f}"
    return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")


def listed(tensor):
    return ", ".join(number(value) for value in tensor)


def in_words(name, tensor, row="row"):
    rows = tensor.reshape(-1, tensor.shape[-1])
    listing = "; ".join(f"{row} {i + 1}: {listed(numbers)}" for i, numbers in enumerate(rows))
    return f"{name}, shape {tuple(tensor.shape)}: {listing}"
