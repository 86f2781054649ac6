# SPDX-License-Identifier: MIT
# folded
"""Draws a language model: each token goes up its own column, and blocks connect the columns."""

from snippets.drawing.pieces import MUTED, canvas, cells, describe, frame, rule, write

COLUMN, GAP, TALL = 66, 5, 28  # pixels: a column, the space between two, a row of boxes
LEVELS = {"predicted": 14, "logits": 74, "blocks": 140, "embeddings": 232, "tokens": 292}


def language_model(title, tokens, predicted, d_model, n_blocks, vocabulary):
    """From the bottom up: tokens, embeddings, blocks, logits, the likeliest next token."""
    width = len(tokens) * (COLUMN + GAP) - GAP
    axes = canvas(title, width, LEVELS["tokens"] + TALL + 4)
    for i, (token, after) in enumerate(zip(tokens, predicted, strict=True)):
        left, middle = i * (COLUMN + GAP), i * (COLUMN + GAP) + COLUMN / 2
        word(axes, left, "tokens", token, "inputs")
        word(axes, left, "embeddings", f"{d_model} numbers", "inputs")
        word(axes, left, "logits", f"{vocabulary:,}", "scores")
        word(axes, left, "predicted", after, "outputs")
        for below, above, height in (
            ("tokens", "embeddings", TALL),
            ("embeddings", "blocks", 2 * TALL),
            ("blocks", "logits", TALL),
            ("logits", "predicted", TALL),
        ):
            rule(axes, (middle, middle), (LEVELS[below], LEVELS[above] + height))
    cells(axes, 0, LEVELS["blocks"], width, 2 * TALL, "weights", 0.2)
    frame(axes, 0, LEVELS["blocks"], width, 2 * TALL, "weights")
    middle = width / 2
    write(axes, middle, LEVELS["blocks"] + 24, f"{n_blocks} blocks", align="center", weight="bold")
    what = "attention across tokens, feed-forward for each alone"
    write(axes, middle, LEVELS["blocks"] + 44, what, MUTED, "center", size=12)
    pairs = "; ".join(f"{t} is followed by {p}" for t, p in zip(tokens, predicted, strict=True))
    describe(
        axes,
        f"Each of {len(tokens)} tokens becomes {d_model} numbers",
        f"{n_blocks} blocks connect the tokens",
        f"Each token then has {vocabulary:,} logits, and the largest names the next token",
        f"The model says: {pairs}",
    )


def word(axes, left, level, text, name):
    y = LEVELS[level]
    cells(axes, left, y, COLUMN, TALL, name, 0.14)
    if level in ("tokens", "predicted"):
        frame(axes, left, y, COLUMN, TALL, name)
    size = 13 if len(text) < 9 else 11
    write(axes, left + COLUMN / 2, y + 19, text, align="center", size=size)
