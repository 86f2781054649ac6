# SPDX-License-Identifier: MIT
# folded
from snippets.drawing.pieces import (
    HEADER,
    MUTED,
    ROW,
    answer,
    canvas,
    color_of,
    describe,
    grid,
    in_words,
    write,
)

WIDE, NAMES, BETWEEN = 34, 84, 26  # pixels


def product_in_batch(title, queries, keys, scores):
    """Draw a row of matrices for each sequence: queries, keys.mT and the scores, their product."""
    tensors = {"queries": queries, "keys.mT": keys.transpose(-2, -1), "scores": scores}
    wide, tall = 3 * WIDE + BETWEEN, 3 * ROW + 20
    sequences = len(next(iter(tensors.values())))
    axes = canvas(title, NAMES + len(tensors) * wide - BETWEEN, HEADER + sequences * tall - 20)
    for place, (name, tensor) in enumerate(tensors.items()):
        x, sign = NAMES + place * wide, ("", "@", "=")[place]
        write(axes, x, 15, name, color_of(name), weight="bold")
        for i, matrix in enumerate(tensor):
            y = HEADER + i * tall
            grid(axes, x, y, matrix, name, WIDE)
            made = ("product", f"queries[{i}]", f"keys.mT[{i}]") if name == "scores" else None
            answer(axes, f"{name}[{i}]", matrix, made, (x, y, WIDE, ROW))
            write(axes, x - BETWEEN / 2, y + 1.5 * ROW + 5, sign, MUTED, "center")
    for i in range(sequences):
        write(axes, 0, HEADER + i * tall + 1.5 * ROW + 5, f"sequence {i + 1}", MUTED)
    describe(axes, *(in_words(name, tensor) for name, tensor in tensors.items()))
