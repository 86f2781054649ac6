# SPDX-License-Identifier: MIT
# folded
"""Draw a language model: each token goes up its own column, and blocks connect the columns."""

from itertools import pairwise

from snippets.drawing.pieces import MUTED, canvas, cells, describe, frame, rule, write

COLUMN, GAP = 66, 5  # pixels: a column, the space between two
TALLS = {"predicted": 28, "logits": 44, "blocks": 56, "embeddings": 44, "tokens": 28}
LEVELS = {"predicted": 2, "logits": 54, "blocks": 122, "embeddings": 202, "tokens": 270}


def language_model(title, tokens, predicted, d_model, n_blocks, vocabulary):
    """Draw from the bottom up: tokens, embeddings, blocks, logits, the likeliest next token."""
    width = len(tokens) * (COLUMN + GAP) - GAP
    axes = canvas(title, width, LEVELS["tokens"] + TALLS["tokens"] + 2)
    for i, (token, after) in enumerate(zip(tokens, predicted, strict=True)):
        left, middle = i * (COLUMN + GAP), i * (COLUMN + GAP) + COLUMN / 2
        box(axes, left, "tokens", "inputs", token)
        box(axes, left, "embeddings", "inputs", f"{d_model}", "numbers")
        box(axes, left, "logits", "scores", f"{vocabulary:,}", "logits")
        box(axes, left, "predicted", "outputs", after)
        for below, above in pairwise(reversed(LEVELS)):
            rule(axes, (middle, middle), (LEVELS[below], LEVELS[above] + TALLS[above]))
    cells(axes, 0, LEVELS["blocks"], width, TALLS["blocks"], "weights", 0.2)
    frame(axes, 0, LEVELS["blocks"], width, TALLS["blocks"], "weights")
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


def box(axes, left, level, name, text, below=""):
    y, middle = LEVELS[level], left + COLUMN / 2
    cells(axes, left, y, COLUMN, TALLS[level], name, 0.14)
    if below:
        write(axes, middle, y + 35, below, MUTED, "center", size=12)
    else:
        frame(axes, left, y, COLUMN, TALLS[level], name)
    write(axes, middle, y + 19, text, align="center")
