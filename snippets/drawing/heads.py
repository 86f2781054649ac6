# SPDX-License-Identifier: MIT
# folded
"""Draw queries that are split into heads, and the weights of each head."""

import torch

from snippets.drawing.pieces import (
    GAP,
    HEADER,
    ROW,
    answer,
    canvas,
    cells,
    describe,
    grid,
    in_words,
    number,
    tint,
    write,
)
from snippets.drawing.tensors import COLORS

LABEL = 62  # pixels for "input 1" beside a row
TINTS = 0.1, 0.36, 0.2, 0.28  # alpha of the columns of each head


def two_splits(title, queries, n_heads):
    """Draw queries with columns tinted by head, and the heads that two ways to split them make."""
    n, d_model = queries.shape
    d_k = d_model // n_heads
    inputs = torch.arange(n).unsqueeze(-1).expand(n, d_model)  # the input of each number
    heads = (torch.arange(d_model) // d_k).expand(n, d_model)  # the head of each number
    ways = {
        "view, then transpose": lambda t: t.reshape(n, n_heads, d_k).transpose(0, 1),
        "reshape alone": lambda t: t.reshape(n_heads, n, d_k),
    }
    band = HEADER + n * ROW + GAP
    axes = canvas(
        title, n_heads * (LABEL + d_k * 34) + (n_heads - 1) * GAP, 3 * band + 2 * 22 - GAP
    )
    write(axes, LABEL, 15, "queries", COLORS["queries"], weight="bold")
    rows_of_numbers(axes, 0, HEADER, queries, inputs, heads)
    answer(axes, "queries", queries, None, (LABEL, HEADER, 34, ROW))
    words = [in_words("queries", queries, row="input")]
    for place, (way, split) in enumerate(ways.items()):
        y = (place + 1) * band + place * 22
        write(axes, 0, y + 11, way, weight="bold")
        for h in range(n_heads):
            x = h * (LABEL + d_k * 34 + GAP)
            write(axes, x + LABEL, y + 22 + 15, f"head {h + 1}", COLORS["queries"])
            parts = [split(t)[h] for t in (queries, inputs, heads)]
            rows_of_numbers(axes, x, y + 22 + HEADER, *parts)
            named = {"rows": "row", "columns": "column"}
            place = x + LABEL, y + 22 + HEADER, 34, ROW
            answer(axes, f"{way}, head {h + 1}", parts[0], None, place, **named)
            sources = [f"input {i + 1}" for i in parts[1][:, 0].tolist()]
            words.append(f"{way}, head {h + 1} has rows from {', '.join(sources)}")
    describe(axes, *words)


def rows_of_numbers(axes, x, y, numbers, inputs, heads):
    """Draw rows of numbers tinted by their head, each beside the input that it comes from."""
    for i, row in enumerate(numbers):
        top = y + i * ROW
        write(axes, x, top + 21, f"input {inputs[i, 0] + 1}", COLORS["inputs"])
        for j, value in enumerate(row):
            tinted = TINTS[heads[i, j]]
            grid(axes, x + LABEL + j * 34, top, value.reshape(1), "queries", 34, tinted)


def heat_maps(title, weights, words=None, scores=None):
    """Draw the weights of each head side by side: queries down, keys across.

    words: the names of rows and columns; without them, they are numbered
    scores: the scores whose softmax the weights are
    """
    n_heads, n_queries, n_keys = weights.shape
    cell, tall, side, gap, top = 58, 44, 66, 20, HEADER + 26
    width = n_keys * cell
    axes = canvas(title, side + n_heads * width + (n_heads - 1) * gap, top + n_queries * tall)
    for i in range(n_queries):
        query = words[i] if words else f"query {i + 1}"
        write(axes, 0, top + i * tall + 26, query, COLORS["queries"])
    for h, head in enumerate(weights):
        x = side + h * (width + gap)
        write(axes, x, 15, f"weights, head {h + 1}", COLORS["weights"], weight="bold")
        made = None
        if scores is not None:
            answer(axes, f"scores[{h}]", scores[h])
            made = "softmax", f"scores[{h}]"
        named = {"rows": words or "query", "columns": words or "key"}
        answer(axes, f"weights[{h}]", head, made, (x, top, cell, tall), **named)
        for j in range(n_keys):
            middle = x + (j + 0.5) * cell
            key = words[j] if words else f"key {j + 1}"
            write(axes, middle, HEADER + 17, key, COLORS["keys"], "center")
            for i, value in enumerate(head[:, j]):
                y = top + i * tall
                depth = (value / weights.max()).item()
                cells(axes, x + j * cell, y, cell, tall, "weights", tint(depth))
                write(axes, middle, y + 26, number(value), align="center")
    maps = (in_words(f"head {h + 1}", head, row="query") for h, head in enumerate(weights))
    describe(axes, "queries down, keys across", *maps)
