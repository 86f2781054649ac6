# SPDX-License-Identifier: MIT
"""The tensors that have a color of their own throughout a site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tensor:
    r"""One tensor.

    cycle: its color in figures, such as 2 for matplotlib's C2
    light, dark: its colors on pages, such as `#623c00`
    formula: how LaTeX writes it, such as `W_{\text{query}}`, or ""
    aliases: further names that code gives it
    """

    name: str
    cycle: int
    light: str
    dark: str
    formula: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def css(self) -> str:
        """Name in CSS: the class `tensor-w-query`, the custom property `--tensor-w-query`."""
        return "tensor-" + self.name.replace("_", "-")
