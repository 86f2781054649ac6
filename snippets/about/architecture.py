# SPDX-License-Identifier: MIT
"""The layers of the engine and the imports between them, read from its source."""

import ast
import textwrap
import tomllib
from collections import Counter
from pathlib import Path

from snippets.drawing.pieces import MUTED, canvas, describe, rule, write

ROOT = Path(__file__).parents[2]
LEFT, TOP, GAP, LINE, WIDTH = 150, 20, 14, 16, 660  # pixels


def layers():
    """The layers of the engine from the top down, as pyproject.toml declares them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    return [layer.removeprefix("engine.") for layer in contract["layers"]]


def modules():
    """Each module of the engine by its dotted name, as a syntax tree."""
    found = {}
    for path in sorted((ROOT / "engine").rglob("*.py")):
        parts = path.relative_to(ROOT / "engine").with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name:
            found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imports():
    """Count the imports from one layer to another: {(from, to): count}."""
    found = Counter()
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine"):
                parts = [*node.module.split(".")[1:2]] or [alias.name for alias in node.names]
                for target in parts:
                    if target != name.split(".")[0]:
                        found[name.split(".")[0], target] += 1
    return found


def upward():
    """Imports that lead up, against the order of the layers; there should be none."""
    order = {layer: place for place, layer in enumerate(layers())}
    return [f"{one} -> {two}" for one, two in imports() if order[one] > order[two]]


def layer_graph():
    """Draw a row for each layer, and a line at the left from its importers to it."""
    names, arrows = layers(), imports()
    inside = {layer: [] for layer in names}
    for module in modules():
        layer, *rest = module.split(".")
        if rest and rest[0] not in inside[layer]:
            inside[layer].append(rest[0])
    lines = [textwrap.wrap(", ".join(inside[layer]), width=56) or [""] for layer in names]
    heights = [LINE * (len(one) + 1) for one in lines]  # of the boxes
    tops = [TOP + sum(heights[:place]) + place * GAP for place in range(len(names))]
    axes = canvas("The layers of the engine", WIDTH, tops[-1] + heights[-1] + GAP)
    write(axes, 0, 13, "imports go down", MUTED, size=12)
    for layer, listed, y, height in zip(names, lines, tops, heights, strict=True):
        right, bottom = WIDTH - 2, y + height
        rule(axes, (LEFT, right, right, LEFT, LEFT), (y, y, bottom, bottom, y))
        write(axes, LEFT + 10, y + 21, layer.replace("__main__", "python -m engine"), weight="bold")
        for place, line in enumerate(listed):
            write(axes, LEFT + 150, y + 21 + place * LINE, line, MUTED, size=12)
    for lane, target in enumerate(reversed(names)):
        above = [names.index(one) for one, two in arrows if two == target]
        if not above:
            continue
        x, end = LEFT - 14 - 12 * lane, tops[names.index(target)] + 10
        rule(axes, (x, x, LEFT), (tops[min(above)] + 22, end, end))
        rule(axes, (LEFT - 5, LEFT, LEFT - 5), (end - 4, end, end + 4))
        for place in above:
            start = tops[place] + 22
            rule(axes, (x, LEFT), (start, start))
            axes.plot(x, start, marker="o", markersize=4, color=MUTED)
    words = [
        f"{one} imports {', '.join(sorted(two for first, two in arrows if first == one))}"
        for one in names
        if any(first == one for first, _ in arrows)
    ]
    describe(axes, *words)
