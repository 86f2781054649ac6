# SPDX-License-Identifier: MIT
# folded
from snippets.drawing.pieces import HEADER, MUTED, ROW, answer, canvas, cells, describe, write
from snippets.drawing.tensors import COLORS

WIDE, NAMES, BETWEEN = 52, 72, 34  # pixels


def mask_grids(title, masks):
    """Draw {name: mask} side by side; a cell is filled where a query may attend to a key."""
    wide = 3 * WIDE + BETWEEN
    axes = canvas(title, NAMES + len(masks) * wide - BETWEEN, HEADER + 26 + 3 * ROW)
    for i in range(3):
        write(axes, 0, HEADER + 26 + i * ROW + 21, f"query {i + 1}", COLORS["queries"])
    for place, (name, mask) in enumerate(masks.items()):
        x = NAMES + place * wide
        write(axes, x, 15, name, weight="bold")
        for j in range(3):
            middle = x + (j + 0.5) * WIDE
            write(axes, middle, HEADER + 17, f"key {j + 1}", COLORS["keys"], "center")
            for i in range(3):
                y = HEADER + 26 + i * ROW
                cells(axes, x + j * WIDE, y, WIDE, ROW, "", 0.2 if mask[i, j] else 0.03)
                write(axes, middle, y + 21, str(mask[i, j].item()), MUTED, "center")
        cell = x, HEADER + 26, WIDE, ROW
        answer(axes, name, mask, ("mask",), cell, rows="query", columns="key")
    describe(
        axes,
        "queries down, keys across",
        *(f"{name}: {who_sees_whom(masks[name])}" for name in masks),
    )


def who_sees_whom(mask):
    """Say in words which keys each query may attend to."""
    rows = [", ".join(f"key {j + 1}" for j in range(3) if row[j]) for row in mask]
    return "; ".join(f"query {i + 1} may attend to {row}" for i, row in enumerate(rows))
