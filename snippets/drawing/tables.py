# SPDX-License-Identifier: MIT
# folded
"""Draw tensors as tables of numbers: side by side, as a product, as a weighted sum."""

import torch

from snippets.drawing.pieces import (
    GAP,
    HEADER,
    MUTED,
    ROW,
    WIDE,
    answer,
    canvas,
    cell_width,
    describe,
    frame,
    grid,
    in_words,
    listed,
    matrix,
    number,
    rule,
    size,
    tint,
    write,
)
from snippets.drawing.tensors import COLORS

WIDEST = 440  # pixels
ROOMY = 52  # pixels: a cell if there is room


def matrices(title, **tensors):
    """Draw named matrices side by side: matrices("The inputs", inputs=x)."""
    columns = sum(tensor.shape[-1] for tensor in tensors.values())
    room = (WIDE - GAP * (len(tensors) - 1)) // columns
    cells = {n: max(cell_width(t), min(ROOMY, room)) for n, t in tensors.items()}
    x, y, tallest, places = 0, 0, 0, {}
    for name, tensor in tensors.items():
        width, height = size(name, tensor, cells[name])
        if x and x + width > WIDEST:
            x, y, tallest = 0, y + tallest + GAP, 0
        places[name] = (x, y)
        x, tallest = x + width + GAP, max(tallest, height)
    right = max(places[name][0] + size(name, t, cells[name])[0] for name, t in tensors.items())
    axes = canvas(title, right, y + tallest)
    for name, tensor in tensors.items():
        matrix(axes, *places[name], name, tensor, cells[name])
    describe(axes, *(in_words(name, tensor) for name, tensor in tensors.items()))


def product(title, left, right, result, names=("inputs", "w_key", "keys"), row=0, column=0):
    """Draw left @ right = result, and mark a row, a column and the cell that they make."""
    if not torch.allclose(left @ right, result):
        raise ValueError(f"{names[2]} is not {names[0]} @ {names[1]}: the picture would lie")
    terms = [f"{number(a)}×{number(b)}" for a, b in zip(left[row], right[:, column], strict=True)]
    total = f"{names[2]}[{row}, {column}] = {' + '.join(terms)} = {number(result[row, column])}"
    n, d = len(left) * ROW, len(right) * ROW
    room = min(ROOMY, (WIDE - GAP) // (left.shape[1] + right.shape[1]))
    first = max(cell_width(left), room)
    cell = max(cell_width(right), cell_width(result), room)
    x = size(names[0], left, first)[0] + GAP
    y = HEADER + d + 12

    width = x + max(size(names[1], right, cell)[0], right.shape[1] * cell)
    axes = canvas(title, max(width, 8 * len(total)), y + HEADER + n + 34)
    matrix(axes, 0, y, names[0], left, first)
    matrix(axes, x, 0, names[1], right, cell)
    matrix(axes, x, y, names[2], result, cell, ("product", *names[:2]))
    across, down = x + column * cell, y + HEADER + row * ROW
    frame(axes, 0, down, left.shape[1] * first, ROW, names[0], "mark")
    frame(axes, across, HEADER, cell, d, names[1], "mark")
    frame(axes, across, down, cell, ROW, names[2], "mark")
    write(axes, 0, y + HEADER + n + 28, total, gid="mark")
    describe(
        axes,
        *map(in_words, names, (left, right, result)),
        f"marked: row {row + 1} of {names[0]} and column {column + 1} of {names[1]}, {total}",
    )


def weighted_sum(title, weights, values, output):
    """Draw one query: each row of values times its weight, and their sum, a row of outputs."""
    if not torch.allclose(weights @ values, output):
        raise ValueError("output is not weights @ values: the picture would lie")
    weighted = weights.unsqueeze(-1) * values
    narrow, middle = cell_width(weights), max(cell_width(values), 40)
    wide = max(cell_width(weighted), cell_width(output), 60)
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
    column, made = weights.unsqueeze(-1), ("times", "weights", "values")
    answer(axes, "weights", column, None, (0, HEADER, narrow, ROW), vector=True)
    answer(axes, "values", values, None, (x_values, HEADER, middle, ROW))
    answer(axes, "weighted", weighted, made, (x_sum, HEADER, wide, ROW), rows="input")
    answer(axes, "outputs", output, ("sum", "weighted"), (x_sum, y_sum, wide, ROW))
    rows = [
        f"{number(weight)} × [{listed(values[i])}] = [{listed(weighted[i])}]"
        for i, weight in enumerate(weights)
    ]
    describe(axes, "weights × values", *rows, f"their sum, outputs: [{listed(output)}]")
