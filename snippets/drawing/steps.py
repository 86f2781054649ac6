# SPDX-License-Identifier: MIT
# folded
"""Draw operations step by step: a mask, a split into heads, a rotation."""

import matplotlib.pyplot as plt
import torch

from snippets.drawing.arrows import arrow_to
from snippets.drawing.pieces import (
    MUTED,
    ROW,
    answer,
    canvas,
    cells,
    describe,
    in_words,
    number,
    rule,
    tint,
    write,
)
from snippets.drawing.tensors import COLORS

NAMES, CELL, BETWEEN, TALL = 50, 40, 22, 40  # pixels


def masked_softmax(title, scores, mask, words):
    """Draw scores, the scores with −∞ where the mask is False, and the weights."""
    masked = scores.masked_fill(~mask, -torch.inf)
    weights = masked.softmax(dim=-1)
    n = len(words)
    axes = canvas(title, NAMES + 3 * n * CELL + 2 * BETWEEN, 46 + n * TALL)
    answer(axes, "mask", mask.float())
    steps = {
        "scores": (scores, None),
        "masked": (masked, ("masked", "scores", "mask")),
        "weights": (weights, ("softmax", "masked")),
    }
    for place, (name, (tensor, made)) in enumerate(steps.items()):
        x, color = (
            NAMES + place * (n * CELL + BETWEEN),
            "weights" if made and place > 1 else "scores",
        )
        write(axes, x, 15, name, COLORS[color], weight="bold")
        if made:
            write(axes, x - BETWEEN / 2, 46 + n * TALL / 2 + 5, "→", MUTED, "center")
        for j, word in enumerate(words):
            write(axes, x + (j + 0.5) * CELL, 37, word, COLORS["keys"], "center")
            for i, value in enumerate(tensor[:, j].tolist()):
                y = 46 + i * TALL
                hidden = 0.03 if not mask[i, j] and made else 0.14
                depth = tint(value) if color == "weights" else hidden
                cells(axes, x + j * CELL, y, CELL, TALL, color, depth)
                text = "−∞" if value == -torch.inf else f"{value:.2f}" if value else "0"
                write(axes, x + (j + 0.5) * CELL, y + 25, text, align="center")
        named = {"rows": words, "columns": words, "color": COLORS[color]}
        answer(axes, name, tensor, made, (x, 46, CELL, TALL), **named)
    for i, word in enumerate(words):
        write(axes, 0, 46 + i * TALL + 25, word, COLORS["queries"])
    told = (in_words(name, tensor, row="query") for name, (tensor, *_) in steps.items())
    describe(axes, "queries down, keys across", *told)


def columns_apart(title, tensor, n_heads, name="queries"):
    """Draw a tensor, and its columns moved apart, a block per head; a row stays one input."""
    n, d_model = tensor.shape
    d_k, cell, left, apart, drop = d_model // n_heads, 52, 62, 64, 46
    width = left + d_model * cell + (n_heads - 1) * apart
    axes = canvas(title, width, 2 * (24 + n * ROW) + drop)
    shift, below = (n_heads - 1) * apart / 2, 24 + n * ROW + drop
    write(axes, left + shift, 15, name, COLORS[name], weight="bold")
    answer(axes, name, tensor, None, (left + shift, 24, cell, ROW))
    for h in range(n_heads):
        start, head = h * d_k, tensor[:, h * d_k : (h + 1) * d_k]
        x = left + start * cell + h * apart
        write(axes, x, below + 15, f"head {h + 1}", COLORS[name], weight="bold")
        for i, row in enumerate(head):
            for j, value in enumerate(row):
                depth = (0.12, 0.34)[h % 2]
                for corner, top in (
                    (left + shift + (start + j) * cell, 24 + i * ROW),
                    (x + j * cell, below + 24 + i * ROW),
                ):
                    cells(axes, corner, top, cell, ROW, name, depth)
                    write(axes, corner + cell / 2, top + 21, number(value), align="center")
        ends = left + shift + (start + d_k / 2) * cell, x + d_k * cell / 2
        rule(axes, ends, (24 + n * ROW + 6, below - 6 + 4))
        answer(axes, f"{name}[{h}]", head, None, (x, below + 24, cell, ROW))
    for i in range(n):
        for top in (24, below + 24):
            write(axes, 0, top + i * ROW + 21, f"input {i + 1}", COLORS["inputs"])
    heads = (in_words(f"head {h + 1}", part) for h, part in enumerate(tensor.split(d_k, dim=-1)))
    describe(axes, in_words(name, tensor), *heads)


def turning(title, rotate, vector, positions):
    """Draw the first pair of a vector as an arrow, turned by each of the positions."""
    radius, step = 31, 72
    axes = canvas(title, len(positions) * step, 2 * radius + 44)
    told = []
    for place, position in enumerate(positions):
        x, y = step * (place + 0.5), 20 + radius
        across, up = rotate(vector, torch.tensor(position))[:2].tolist()
        length = (across**2 + up**2) ** 0.5
        axes.add_patch(plt.Circle((x, y), radius, fill=False, ec=MUTED, lw=1))
        tip = x + across / length * radius, y - up / length * radius
        arrow_to(axes, (x, y), tip, COLORS["queries"])
        write(axes, x, 2 * radius + 36, f"position {position}", MUTED, "center", size=12)
        told.append(f"position {position}: ({across:.2f}, {up:.2f})")
    describe(axes, *told)
