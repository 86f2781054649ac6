# SPDX-License-Identifier: MIT
# folded
"""Draw a Transformer block: the residual path below, its two detours above."""

import matplotlib.pyplot as plt

from snippets.drawing.pieces import MUTED, canvas, cells, describe, frame, rule, write
from snippets.drawing.tensors import COLORS

STREAM, WIDTH, TALL, END = 162, 92, 28, 54  # pixels: the residual path; boxes; the ends
RADIUS = 9
DETOURS = {  # x of the middle -> name of the upper box, its color, its reach
    105: ("attention", "weights", "across words"),
    222: ("feed-forward", "", "each word alone"),
}


def transformer_block(title):
    """Draw the residual path, and the attention and feed-forward that add to it."""
    axes = canvas(title, 350, STREAM + 44)
    end(axes, 0, "inputs")
    end(axes, 350 - END, "outputs")
    last = END
    for middle, (name, color, reach) in DETOURS.items():
        plus = middle + WIDTH / 2 + 12
        rule(axes, (last, plus - RADIUS), (STREAM, STREAM))
        up = STREAM - 38, STREAM - 38 - TALL, STREAM - 92, STREAM - 92 - TALL
        rule(axes, (middle, middle), (STREAM, up[0]))
        rule(axes, (middle, middle), (up[1], up[2]))
        box(axes, middle, up[1], "normalize", "")
        box(axes, middle, up[3], name, color)
        write(axes, middle, up[3] - 12, reach, MUTED, "center", size=12)
        height = up[3] + TALL / 2
        rule(axes, (middle + WIDTH / 2, plus, plus), (height, height, STREAM - RADIUS))
        axes.add_patch(plt.Circle((plus, STREAM), RADIUS, fill=False, ec="black", lw=1.5))
        write(axes, plus, STREAM + 5, "+", "black", "center", "bold", 15)
        last = plus + RADIUS
    rule(axes, (last, 350 - END), (STREAM, STREAM))
    write(
        axes,
        175,
        STREAM + 36,
        "the residual path: words go straight through",
        MUTED,
        "center",
        size=12,
    )
    describe(
        axes,
        "Inputs → normalize → attention (across words), added to the inputs",
        "The sum → normalize → feed-forward (each word alone), added to the sum",
        "This second sum is the outputs",
    )


def end(axes, x, name):
    cells(axes, x, STREAM - TALL / 2, END, TALL, name, 0.2)
    frame(axes, x, STREAM - TALL / 2, END, TALL, name)
    write(axes, x + END / 2, STREAM + 5, name, COLORS[name], "center", "bold")


def box(axes, middle, y, name, tensor):
    cells(axes, middle - WIDTH / 2, y, WIDTH, TALL, tensor, 0.2 if tensor else 0.05)
    if tensor:
        frame(axes, middle - WIDTH / 2, y, WIDTH, TALL, tensor)
    write(axes, middle, y + 19, name, COLORS.get(tensor, "black"), "center", "bold")
