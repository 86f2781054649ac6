# SPDX-License-Identifier: MIT
# folded
"""Draw the scores that a KV cache saves, masks of windows, and the first token's weight."""

import matplotlib.pyplot as plt

from snippets.drawing.pieces import MUTED, answer, canvas, cells, describe, rule, write
from snippets.drawing.tensors import COLORS

CELL, GAP, LINE = 17, 30, 24  # pixels: a cell, between panels, a line of text


def writing_steps(title, last):
    """Draw the scores of each step up to `last` tokens; a cache saves the light ones."""
    sizes = range(1, last + 1)
    left, places = 92, []
    for n in sizes:
        places.append(left)
        left += n * CELL + GAP
    axes = canvas(title, left - GAP, 4 * LINE + last * CELL)
    for row, name in enumerate(("step", "without", "with")):
        write(axes, 0, LINE * (row + 1) - 8, name, MUTED)
    told = []
    for n, x in zip(sizes, places, strict=True):
        counts = (n, n * (n + 1) // 2, n)
        for row, count in enumerate(counts):
            write(
                axes, x, LINE * (row + 1) - 8, str(count), weight="bold" if row == 0 else "normal"
            )
        top = 3.4 * LINE
        for i in range(n):
            new = i == n - 1
            cells(axes, x, top + i * CELL, CELL, CELL, "scores", 0.85 if new else 0.22, 1, i + 1)
        told.append(f"step {n}: {counts[1]} scores without a cache, {n} with one")
    describe(axes, *told, "the new scores are the last row of each triangle")


def window_masks(title, masks):
    """Draw {name: mask} side by side; a cell is filled where the query sees the key."""
    side = len(next(iter(masks.values()))) * CELL
    wide = side + GAP + 14
    axes = canvas(title, len(masks) * wide - GAP - 14, 2 * LINE + side)
    for place, (name, mask) in enumerate(masks.items()):
        left, top = place * wide, 2 * LINE
        write(axes, left, 14, name, weight="bold", size=12)
        write(axes, left, 2 * LINE - 10, "queries ↓", COLORS["queries"], size=12)
        write(axes, left + side, 2 * LINE - 10, "keys →", COLORS["keys"], "right", size=12)
        for i, row in enumerate(mask.tolist()):
            for j, seen in enumerate(row):
                if seen:
                    cells(axes, left + j * CELL, top + i * CELL, CELL, CELL, "weights", 0.7)
        right, bottom = left + side, top + side
        rule(axes, (left, right, right, left, left), (top, top, bottom, bottom, top))
        named = {"rows": "query", "columns": "key", "color": COLORS["weights"]}
        answer(axes, name, mask, ("mask",), (left, top, CELL, CELL), **named)
    last = ", ".join(
        f"{name}: keys {', '.join(str(j + 1) for j in mask[-1].nonzero().flatten().tolist())}"
        for name, mask in masks.items()
    )
    describe(axes, f"what the last query sees. {last}")


def by_block(title, share, ratio):
    """Draw the weight on the first token and the relative length of its values, by block."""
    figure, axes = plt.subplots(num=title, figsize=(6, 3.6))
    blocks = range(1, len(share) + 1)
    axes.plot(blocks, share, "o-", color=COLORS["weights"], lw=2, ms=4)
    axes.plot(blocks, ratio, "s--", color=COLORS["values"], lw=2, ms=4)
    axes.text(20.5, 0.84, "weight on it", color=COLORS["weights"])
    axes.text(13.2, 1.35, "length of its values,\nthe others' being 1", color=COLORS["values"])
    axes.set(xlabel="block", ylim=(0, max(ratio) * 1.05), xlim=(0.5, len(share) + 0.5))
    axes.set_title("The first token in each block", size=13)
    listed = "; ".join(
        f"block {block}: {weight:.2f} and {length:.2f}"
        for block, weight, length in zip(blocks, share.tolist(), ratio.tolist(), strict=True)
    )
    figure.description = f"Weight on the first token, and relative length of its values. {listed}."
