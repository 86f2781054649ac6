# SPDX-License-Identifier: MIT
# folded
"""Draw words as arrows in a plane with two directions of meaning."""

import matplotlib.pyplot as plt

from snippets.drawing.pieces import MUTED, canvas, describe, number, rule, write

UNIT, LEFT, BOTTOM, SIDE = 86, 34, 252, 250  # pixels


def planes(title, columns, **pictures):
    """Draw a plane for each picture: its title, and its words as {word: (vector, color)}."""
    axes = canvas(title, len(pictures) * (SIDE + 40) - 10, BOTTOM + 36)
    told = []
    for place, (name, words) in enumerate(pictures.items()):
        left = LEFT + place * (SIDE + 40)
        write(axes, left, 15, name.replace("_", " "), weight="bold")
        rule(axes, (left, left, left + 2.4 * UNIT), (BOTTOM - 2.2 * UNIT, BOTTOM, BOTTOM))
        write(axes, left + 2.4 * UNIT, BOTTOM + 20, f"{columns[0]} →", MUTED, "right", size=12)
        write(axes, left - 8, BOTTOM - 2.38 * UNIT, f"{columns[1]} ↑", MUTED, size=12)
        for word, (vector, color) in words.items():
            arrow(axes, left, vector, word, color)
            numbers = ", ".join(number(value) for value in vector)
            told.append(f"{name.replace('_', ' ')}: {word} is [{numbers}]")
    describe(axes, *told)


def arrow(axes, left, vector, word, color):
    """Draw an arrow from the origin, with the word at its tip."""
    x, y = left + vector[0].item() * UNIT, BOTTOM - vector[1].item() * UNIT
    arrow_to(axes, (left, BOTTOM), (x, y), color)
    write(axes, x + 8, y - 6, word, color, weight="bold")


def arrow_to(axes, start, tip, color):
    dx, dy = tip[0] - start[0], tip[1] - start[1]
    length = (dx**2 + dy**2) ** 0.5
    along, across = (dx / length, dy / length), (-dy / length, dx / length)
    base = (tip[0] - 11 * along[0], tip[1] - 11 * along[1])
    axes.plot((start[0], base[0]), (start[1], base[1]), color=color, lw=2, solid_capstyle="butt")
    sides = [(base[0] + s * 5 * across[0], base[1] + s * 5 * across[1]) for s in (1, -1)]
    axes.add_patch(plt.Polygon([tip, *sides], fc=color, lw=0))
