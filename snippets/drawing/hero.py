# SPDX-License-Identifier: MIT
# folded
"""Draw attention in one row: words, who looks at whom, and the outputs."""

from snippets.drawing.pieces import (
    MUTED,
    answer,
    canvas,
    cells,
    describe,
    in_words,
    tint,
    write,
)
from snippets.drawing.tensors import COLORS

LEFT, TOP, BETWEEN, CELL, TALL = 44, 46, 26, 42, 38  # pixels


def words_in_words_out(title, words, inputs, scores, weights, values, outputs):
    """Draw inputs, weights and outputs side by side, a row for each word."""
    axes = canvas(title, LEFT + 4 * 26 + 6 * CELL + 2 * BETWEEN, TOP + len(words) * TALL)
    answer(axes, "scores", scores, rows=words, columns=words)
    answer(axes, "values", values, rows=words)
    x = LEFT
    for name, tensor, cell, made, columns in (
        ("inputs", inputs, 26, None, "column"),
        ("weights", weights, CELL, ("softmax", "scores"), words),
        ("outputs", outputs, CELL, ("product", "weights", "values"), "column"),
    ):
        write(axes, x, 15, name, COLORS[name], weight="bold")
        for i, row in enumerate(tensor):
            for j, value in enumerate(row.tolist()):
                depth = tint(value) if name == "weights" else 0.14
                cells(axes, x + j * cell, TOP + i * TALL, cell, TALL, name, depth)
                text = f"{value:.0f}" if name == "inputs" else f"{value:.2f}"
                write(axes, x + (j + 0.5) * cell, TOP + i * TALL + 24, text, align="center")
        answer(axes, name, tensor, made, (x, TOP, cell, TALL), rows=words, columns=columns)
        right = x + tensor.shape[-1] * cell
        if name != "outputs":
            write(axes, right + BETWEEN / 2, TOP + 1.5 * TALL + 5, "→", MUTED, "center", size=15)
        if name == "weights":
            for j, word in enumerate(words):
                write(axes, x + (j + 0.5) * cell, 37, word, COLORS["keys"], "center")
        x = right + BETWEEN
    for i, word in enumerate(words):
        write(axes, 0, TOP + i * TALL + 24, word, COLORS["inputs"], weight="bold")
    named = {"inputs": inputs, "weights": weights, "outputs": outputs}
    describe(axes, *(in_words(name, tensor, row="word") for name, tensor in named.items()))
