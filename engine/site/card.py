# SPDX-License-Identifier: MIT
"""The picture that other sites show in previews of links to this one."""

import io
import textwrap
from collections.abc import Sequence
from typing import Any

from engine.model.tensors import Tensor

WIDTH, HEIGHT = 1200, 630  # pixels; the usual size of a picture for the Open Graph protocol
DPI = 100
PER_ROW = 5  # tensors
INK, PAPER = "#1b1d21", "#ffffff"


def card(title: str, tensors: Sequence[Tensor]) -> bytes:
    """Return a PNG with the title of a site, and its tensors in their colors."""
    from matplotlib.figure import Figure  # imported only here, since it takes half a second
    from matplotlib.patches import FancyBboxPatch

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    lines = textwrap.fill(title, 18)
    axes.text(80, 90, lines, size=46, weight="bold", color=INK, va="top", linespacing=1.25)
    centered: Any = {"ha": "center", "va": "center", "family": "monospace"}
    for number, tensor in enumerate(tensors):
        row, column = divmod(number, PER_ROW)
        x, y = 80 + 212 * column, 380 + 96 * row
        box = FancyBboxPatch((x, y), 192, 70, boxstyle="round,pad=0,rounding_size=8", lw=0)
        box.set_facecolor(tensor.light)
        axes.add_patch(box)
        axes.text(x + 96, y + 35, tensor.name, size=19, weight="bold", color=PAPER, **centered)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=DPI, metadata={"Software": None})
    return picture.getvalue()
