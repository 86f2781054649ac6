# SPDX-License-Identifier: MIT
"""Pictures of tensors, drawn with matplotlib: each function makes one new figure.

A tensor has one color, matplotlib's C0 to C9, and its name beside it. `figure.description`
says what the picture shows, numbers included, for those who do not see it.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from snippets.drawing.tensors import COLORS

MUTED = "0.25"
ROW, HEADER, GAP = 32, 24, 30  # pixels: a row of cells, the name above it, between matrices
WIDEST = 440


def matrices(title, **tensors):
    """Named matrices side by side: matrices("The inputs", inputs=x)."""
    x, y, tallest, places = 0, 0, 0, {}
    for name, tensor in tensors.items():
        width, height = size(name, tensor)
        if x and x + width > WIDEST:
            x, y, tallest = 0, y + tallest + GAP, 0
        places[name] = (x, y)
        x, tallest = x + width + GAP, max(tallest, height)
    right = max(places[name][0] + size(name, tensor)[0] for name, tensor in tensors.items())
    axes = canvas(title, right, y + tallest)
    for name, tensor in tensors.items():
        matrix(axes, *places[name], name, tensor)
    describe(axes, *(in_words(name, tensor) for name, tensor in tensors.items()))


def product(title, left, right, result, names=("inputs", "w_key", "keys"), row=0, column=0):
    """left @ right = result, with one row, one column and the cell where they meet marked."""
    if not torch.allclose(left @ right, result):
        raise ValueError(f"{names[2]} is not {names[0]} @ {names[1]}: the picture would lie")
    terms = [f"{number(a)}×{number(b)}" for a, b in zip(left[row], right[:, column], strict=True)]
    total = f"{names[2]}[{row}, {column}] = {' + '.join(terms)} = {number(result[row, column])}"
    n, d = len(left) * ROW, len(right) * ROW
    cell = max(cell_width(right), cell_width(result))
    x = size(names[0], left)[0] + GAP
    y = HEADER + d + 12

    width = x + max(size(names[1], right)[0], right.shape[1] * cell)
    axes = canvas(title, max(width, 8 * len(total)), y + HEADER + n + 34)
    matrix(axes, 0, y, names[0], left)
    matrix(axes, x, 0, names[1], right, cell)
    matrix(axes, x, y, names[2], result, cell)
    across, down = x + column * cell, y + HEADER + row * ROW
    frame(axes, 0, down, left.shape[1] * cell_width(left), ROW, names[0])
    frame(axes, across, HEADER, cell, d, names[1])
    frame(axes, across, down, cell, ROW, names[2])
    write(axes, 0, y + HEADER + n + 28, total)
    describe(
        axes,
        *map(in_words, names, (left, right, result)),
        f"marked: row {row + 1} of {names[0]} and column {column + 1} of {names[1]}, {total}",
    )


def softmax_bars(title, scores, weights):
    """One query: its scores, and the weights that softmax makes of them, a bar for each key."""
    top, step, thick = 40, 30, 18
    bottom = top + len(scores) * step
    axes = canvas(title, 420, bottom + 18)
    write(axes, 200, 15, "softmax →", MUTED, "center")
    for name, numbers, x in (("scores", scores, 60), ("weights", weights, 245)):
        finite = numbers.where(numbers.isfinite(), 0)
        low, high = min(0, finite.min().item()), max(1, finite.max().item())
        scale = 110 / (high - low)
        zero = x - low * scale
        write(axes, x, 15, name, COLORS[name], weight="bold")
        for i, value in enumerate(finite.tolist()):
            y = top + i * step
            axes.add_patch(plt.Rectangle((zero, y), value * scale, thick, color=COLORS[name], lw=0))
            write(axes, zero + max(value, 0) * scale + 7, y + 14, number(numbers[i]))
        rule(axes, (zero, zero), (top - 6, bottom - 6))
    for i in range(len(scores)):
        write(axes, 0, top + i * step + 14, f"key {i + 1}", COLORS["keys"])
    total = f"sum {number(weights.sum())}"
    write(axes, 245, bottom + 13, total, MUTED)
    rows = [f"key {i + 1}: {number(scores[i])} → {number(weights[i])}" for i in range(len(scores))]
    describe(axes, "score → weight of each key", *rows, f"weights, {total}")


def heat_map(title, weights, name="weights"):
    """Queries down, keys across; the larger a number, the deeper the color of its cell."""
    n_queries, n_keys = weights.shape
    cell, tall, side, top = max(62, cell_width(weights)), 44, 72, HEADER + 26
    axes = canvas(title, side + max(n_keys * cell, 130), top + n_queries * tall)
    header(axes, side, 0, name, weights, n_keys * cell)
    largest = weights[weights.isfinite()].abs().max()
    for j in range(n_keys):
        write(axes, side + (j + 0.5) * cell, HEADER + 17, f"key {j + 1}", COLORS["keys"], "center")
    for i in range(n_queries):
        y = top + i * tall
        write(axes, 0, y + 26, f"query {i + 1}", COLORS["queries"])
        for j, value in enumerate(weights[i]):
            depth = (value / largest).item()
            cells(axes, side + j * cell, y, cell, tall, name, tint(depth))
            write(axes, side + (j + 0.5) * cell, y + 26, number(value), align="center")
    describe(axes, "queries down, keys across", in_words(name, weights, row="query"))


def weighted_sum(title, weights, values, output):
    """One query: each row of values times its weight, and the sum of them, a row of outputs."""
    if not torch.allclose(weights @ values, output):
        raise ValueError("output is not weights @ values: the picture would lie")
    weighted = weights.unsqueeze(-1) * values
    narrow, middle = cell_width(weights), cell_width(values)
    wide = max(cell_width(weighted), cell_width(output))
    x_values = max(narrow, 54) + GAP
    x_sum = x_values + max(len(output) * middle, 44) + GAP
    y_sum = HEADER + len(weights) * ROW + 14
    end = x_sum + max(len(output) * wide, 110)
    axes = canvas(title, end, y_sum + ROW)
    write(axes, 0, 15, "weights", COLORS["weights"], weight="bold")
    write(axes, x_values, 15, "values", COLORS["values"], weight="bold")
    write(axes, x_sum, 15, "weights × values", MUTED)
    for i, weight in enumerate(weights):
        y, depth = HEADER + i * ROW, tint(weight.item())
        grid(axes, 0, y, weight, "weights", narrow, depth)
        grid(axes, x_values, y, values[i], "values", middle)
        grid(axes, x_sum, y, weighted[i], "values", wide, depth)
        write(axes, (narrow + x_values) / 2, y + 21, "×", MUTED, "center")
        write(axes, x_sum - GAP / 2, y + 21, "=", MUTED, "center")
    rule(axes, (x_sum, end), (y_sum - 7, y_sum - 7))
    grid(axes, x_sum, y_sum, output, "outputs", wide, tint(0.8))
    write(axes, x_sum - 10, y_sum + 21, "sum: outputs", COLORS["outputs"], "right", "bold")
    rows = [
        f"{number(weight)} × [{listed(values[i])}] = [{listed(weighted[i])}]"
        for i, weight in enumerate(weights)
    ]
    describe(axes, "weights × values", *rows, f"their sum, outputs: [{listed(output)}]")


def overview(*lit):
    """The map of the whole computation on one strip, with the named tensors lit."""
    if unknown := set(lit) - set(COLORS):
        raise ValueError(f"no tensor is called {', '.join(unknown)}, only {', '.join(COLORS)}")
    left, middle, right = 14, 54, 94  # the three projections, top to bottom
    places = {
        "inputs": (0, middle),
        "w_query": (72, left),
        "w_key": (72, middle),
        "w_value": (72, right),
        "queries": (144, left),
        "keys": (144, middle),
        "values": (144, right),
        "scores": (216, (left + middle) / 2),
        "weights": (288, (left + middle) / 2),
        "outputs": (360, (middle + right) / 2),
    }
    flow = (
        "inputs w_query queries scores weights outputs",
        "inputs w_key keys scores",
        "inputs w_value values outputs",
    )
    lights = f"{', '.join(lit) or 'nothing'} lit"
    axes = canvas(f"The map, with {lights}", 420, 108)
    steps = [step for path in flow for step in pairwise(path.split())]
    ends = [(places[start], places[end]) for start, end in steps]
    xs = [x for (x1, _), (x2, _) in ends for x in (x1 + 60, x2 - 6, x2 - 6, x2, None)]
    ys = [y for (_, y1), (_, y2) in ends for y in (y1, y1, y2, y2, None)]
    rule(axes, xs, ys)
    for name, (x, y) in places.items():
        if name in lit:
            cells(axes, x, y - 14, 60, 28, name, 0.2)
            frame(axes, x, y - 14, 60, 28, name)
            write(axes, x + 30, y + 4.5, name, COLORS[name], "center", "bold", 12)
        else:
            cells(axes, x, y - 14, 60, 28, "", 0.05)
            write(axes, x + 30, y + 4.5, name, MUTED, "center", size=12)
    describe(axes, *(path.replace(" ", " → ") for path in flow), lights)


# The pieces. Lengths are pixels, y runs downward.


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
