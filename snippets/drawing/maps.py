# SPDX-License-Identifier: MIT
# folded
"""Draw a map of tensors: which is computed from which."""

from itertools import pairwise

from snippets.drawing.pieces import MUTED, canvas, cells, describe, frame, rule, write
from snippets.drawing.tensors import COLORS

WIDE, TALL = 80, 44  # pixels


def two_lists(title, **tensors):
    """Draw cross-attention from a target and a source to outputs, with the given shapes."""
    places = {
        "target": (0, 24),
        "source": (0, 108),
        "queries": (102, 24),
        "keys": (102, 80),
        "values": (102, 136),
        "weights": (204, 52),
        "outputs": (306, 94),
    }
    paths = (
        ("target", "queries", "weights", "outputs"),
        ("source", "keys", "weights"),
        ("source", "values", "outputs"),
    )
    axes = canvas(title, 306 + WIDE, 136 + TALL - 20)
    for start, end in (step for path in paths for step in pairwise(path)):
        (x1, y1), (x2, y2) = places[start], places[end]
        rule(axes, (x1 + WIDE, x2 - 11, x2 - 11, x2), (y1, y1, y2, y2))
    for name, (x, y) in places.items():
        tensor = "inputs" if name in ("target", "source") else name
        cells(axes, x, y - TALL / 2, WIDE, TALL, tensor, 0.16)
        frame(axes, x, y - TALL / 2, WIDE, TALL, tensor)
        write(axes, x + WIDE / 2, y - 2, name, COLORS[tensor], "center", "bold")
        shape = str(tuple(tensors[name].shape))
        write(axes, x + WIDE / 2, y + 15, shape, MUTED, "center", size=12)
    shapes = [f"{name} {tuple(tensor.shape)}" for name, tensor in tensors.items()]
    describe(axes, *(" → ".join(path) for path in paths), *shapes)
