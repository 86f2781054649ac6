# SPDX-License-Identifier: MIT
# folded
"""Draw attention weights: bars for one query, a heat map for all."""

import matplotlib.pyplot as plt

from snippets.drawing.pieces import (
    HEADER,
    MUTED,
    WIDE,
    answer,
    canvas,
    cell_width,
    cells,
    describe,
    header,
    in_words,
    number,
    rule,
    tint,
    write,
)
from snippets.drawing.tensors import COLORS


def softmax_bars(title, scores, weights):
    """Draw the scores of one query and their softmax, the weights, with a bar for each key."""
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
    for name, numbers, x, made in (
        ("scores", scores, 60, None),
        ("weights", weights, 245, ("softmax", "scores")),
    ):
        column, place = numbers.unsqueeze(-1), (x, top - 6, 175, step)
        answer(axes, name, column, made, place, rows="key", vector=True)
    total = f"sum {number(weights.sum())}"
    write(axes, 245, bottom + 13, total, MUTED)
    rows = [f"key {i + 1}: {number(scores[i])} → {number(weights[i])}" for i in range(len(scores))]
    describe(axes, "score → weight of each key", *rows, f"weights, {total}")


def heat_map(title, weights, name="weights", words=None, rows=None, scores=None):
    """Draw a heat map, queries down, keys across; larger numbers have deeper colors.

    words: the names of rows and columns; without them, they are numbered
    rows: the names of the rows, where they differ from those of the columns
    scores: the scores whose softmax the weights are
    """
    n_queries, n_keys = weights.shape
    tall, side, top = 48, 72, HEADER + 26
    cell = max(62, cell_width(weights), min(112, (WIDE - side) // n_keys))
    axes = canvas(title, side + max(n_keys * cell, 130), top + n_queries * tall)
    header(axes, side, 0, name, weights, n_keys * cell)
    largest = weights[weights.isfinite()].abs().max()
    for j in range(n_keys):
        key = words[j] if words else f"key {j + 1}"
        write(axes, side + (j + 0.5) * cell, HEADER + 17, key, COLORS["keys"], "center")
    for i in range(n_queries):
        y = top + i * tall
        query = (rows or words)[i] if rows or words else f"query {i + 1}"
        write(axes, 0, y + 28, query, COLORS["queries"])
        for j, value in enumerate(weights[i]):
            depth = (value / largest).item()
            cells(axes, side + j * cell, y, cell, tall, name, tint(depth))
            write(axes, side + (j + 0.5) * cell, y + 28, number(value), align="center")
    if scores is not None:
        answer(axes, "scores", scores)
    made = None if scores is None else ("softmax", "scores")
    named = {"rows": rows or words or "query", "columns": words or "key"}
    answer(axes, name, weights, made, (side, top, cell, tall), **named)
    describe(axes, "queries down, keys across", in_words(name, weights, row="query"))
