# SPDX-License-Identifier: MIT
# folded
"""Draw which head of keys and values serves which heads of queries."""

from snippets.drawing.pieces import MUTED, canvas, cells, describe, rule, write

BOX, SIDE, BETWEEN, QUERIES, KEYS = 26, 24, 42, 44, 132  # pixels; the tops of the two rows


def shared_heads(title, **served):
    """Draw a panel for each name; `served` lists the key head, from 0, of each query head."""
    wide = max(len(heads) for heads in served.values()) * BOX
    axes = canvas(title, len(served) * (wide + BETWEEN) - BETWEEN, KEYS + SIDE + 24)
    told = []
    for place, (name, heads) in enumerate(served.items()):
        left = place * (wide + BETWEEN)
        write(axes, left + wide / 2, 12, name.replace("_", " "), "black", "center", "bold")
        write(axes, left + wide / 2, 34, "queries", MUTED, "center", size=12)
        write(axes, left + wide / 2, KEYS + SIDE + 18, "keys, values", MUTED, "center", size=12)
        queries = row(axes, left, QUERIES, wide, len(heads), "queries")
        keys = row(axes, left, KEYS, wide, max(heads) + 1, "keys")
        for head, key in enumerate(heads):
            rule(axes, (queries[head], keys[key]), (QUERIES + SIDE, KEYS))
        pairs = ", ".join(f"{head + 1} to {key + 1}" for head, key in enumerate(heads))
        told.append(f"{name.replace('_', ' ')}: query head to key head, {pairs}")
    describe(axes, *told)


def row(axes, left, top, wide, n, tensor):
    """Draw a row of numbered boxes with equal gaps. Return the x of their middles."""
    middles = [left + (i + 0.5) * wide / n for i in range(n)]
    for number, middle in enumerate(middles, start=1):
        cells(axes, middle - SIDE / 2, top, SIDE, SIDE, tensor, 0.2)
        write(axes, middle, top + 17, str(number), "black", "center")
    return middles
