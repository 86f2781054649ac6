# SPDX-License-Identifier: MIT
# folded
"""Maps: which tensor comes from which."""

from itertools import pairwise

from snippets.drawing.pieces import MUTED, canvas, cells, describe, frame, rule, write
from snippets.drawing.tensors import COLORS


def overview(*lit):
    """The map of the whole computation on one strip, with the named tensors lit."""
    if unknown := set(lit) - set(COLORS):
        raise ValueError(f"no tensor is called {', '.join(unknown)}, only {', '.join(COLORS)}")
    left, middle, right = 14, 54, 94  # the three projections, top to bottom
    places = {
        "inputs": (0, middle),
        "w_query": (72, left),
        "w_key": (72, middle),
        "w_value": (72, right),
        "queries": (144, left),
        "keys": (144, middle),
        "values": (144, right),
        "scores": (216, (left + middle) / 2),
        "weights": (288, (left + middle) / 2),
        "outputs": (360, (middle + right) / 2),
    }
    flow = (
        "inputs w_query queries scores weights outputs",
        "inputs w_key keys scores",
        "inputs w_value values outputs",
    )
    lights = f"{', '.join(lit) or 'nothing'} lit"
    axes = canvas(f"The map, with {lights}", 420, 108)
    steps = [step for path in flow for step in pairwise(path.split())]
    ends = [(places[start], places[end]) for start, end in steps]
    xs = [x for (x1, _), (x2, _) in ends for x in (x1 + 60, x2 - 6, x2 - 6, x2, None)]
    ys = [y for (_, y1), (_, y2) in ends for y in (y1, y1, y2, y2, None)]
    rule(axes, xs, ys)
    for name, (x, y) in places.items():
        if name in lit:
            cells(axes, x, y - 14, 60, 28, name, 0.2)
            frame(axes, x, y - 14, 60, 28, name)
            write(axes, x + 30, y + 4.5, name, COLORS[name], "center", "bold", 12)
        else:
            cells(axes, x, y - 14, 60, 28, "", 0.05)
            write(axes, x + 30, y + 4.5, name, MUTED, "center", size=12)
    describe(axes, *(path.replace(" ", " → ") for path in flow), lights)


WIDE, TALL = 80, 44  # pixels


def two_lists(title, **tensors):
    """How cross-attention goes from a target and a source to outputs, with the shapes at hand."""
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
