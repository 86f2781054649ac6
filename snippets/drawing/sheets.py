# SPDX-License-Identifier: MIT
# folded
"""Draw a worksheet: the given numbers, and each step in empty or filled boxes."""

import torch

from snippets.drawing.pieces import (
    GAP,
    HEADER,
    ROW,
    answer,
    canvas,
    cells,
    color_of,
    describe,
    number,
    write,
)

CELL = 44  # pixels
LINE = 22


def worksheet(title, given, steps, filled=False, divisor=1):
    """Draw rows of matrices, each below its instruction.

    given: tensors by name; steps: for each, its instruction and its tensors by name. A name such as
        "scores, head 2" has the color of its first word
    filled: whether to show every number, and how it is computed when a reader points at it
    divisor: the number that the scores were divided by
    """
    rows = [("Given: the inputs, one to a row, and three matrices.", given), *steps]
    width = max(sum(len(t[0]) * CELL + GAP for t in tensors.values()) for _, tensors in rows)
    heights = [LINE + HEADER + ROW * max(map(len, tensors.values())) + 14 for _, tensors in rows]
    axes = canvas(title, max(width, 560), sum(heights))
    y, said, all_tensors, places = 0, [], {}, {}
    for (words, tensors), height in zip(rows, heights, strict=True):
        write(axes, 0, y + 14, words)
        x = 0
        for name, tensor in tensors.items():
            is_shown = filled or tensors is given
            box(axes, x, y + LINE, name, tensor, is_shown)
            all_tensors[name], places[name] = tensor, (x, y + LINE + HEADER)
            x += max(len(tensor[0]) * CELL, 8 * len(name)) + GAP
            shape = " by ".join(map(str, tensor.shape))
            numbers = "; ".join(", ".join(map(on_paper, row)) for row in tensor)
            said.append(f"{name}: {numbers}" if is_shown else f"{name}: {shape} empty boxes")
        said.insert(len(said) - len(tensors), words.rstrip("."))
        y += height
    describe(axes, *said)
    if filled:
        answers(axes, all_tensors, places, divisor)


def answers(axes, tensors, places, divisor):
    heads = [name.removeprefix("scores") for name in tensors if name.startswith("scores")]

    def tell(name, made=None, of=None, head=None, **named):
        """Call `answer` for a tensor, or for the columns of one head in the tensor `of`."""
        tensor, (x, y) = tensors[of or name], places[of or name]
        if of:
            width = tensor.shape[1] // len(heads)
            tensor, x = tensor[:, head * width : (head + 1) * width], x + head * width * CELL
        answer(axes, name, tensor, made, (x, y, CELL, ROW), color=color_of(key_of(name)), **named)

    tell("x", rows="input")
    for name, weight in (("queries", "w_query"), ("keys", "w_key"), ("values", "w_value")):
        tell(weight)
        tell(name, ("product", "x", weight))
    answer(axes, "divisor", torch.tensor([[divisor]]))
    for h, head in enumerate(heads):
        if head:
            for name in ("queries", "keys", "values"):
                tell(f"{name}{head}", None, name, h, rows="input")
        named = {"rows": "input", "columns": "input"}
        parts = f"queries{head}", f"keys{head}", "divisor"
        tell(f"scores{head}", ("scores", *parts), **named)
        tell(f"powers{head}", ("power", f"scores{head}"), **named)
        tell(f"shares{head}", ("share", f"powers{head}"), **named)
        tell(
            f"outputs{head}",
            ("product", f"shares{head}", f"values{head}"),
            "outputs",
            h,
            rows="input",
        )


def key_of(name):
    """Return the name of the tensor that gives a box its color."""
    first = name.split(",")[0]
    return {"x": "inputs", "powers": "weights", "shares": "weights"}.get(first, first)


def box(axes, x, y, name, tensor, is_shown):
    key = key_of(name)
    write(axes, x, y + 15, name, color_of(key), weight="bold")
    cells(axes, x, y + HEADER, CELL, ROW, key, 0.14, *tensor.shape)
    for i, row in enumerate(tensor):
        for j, value in enumerate(row):
            text = on_paper(value) if is_shown else "hidden" if value == -torch.inf else ""
            place = x + (j + 0.5) * CELL, y + HEADER + i * ROW + 21
            write(axes, *place, text, align="center", size=11 if text == "hidden" else 13)


def on_paper(value):
    return "hidden" if value == -torch.inf else number(round(float(value), 2))
