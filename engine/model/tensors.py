# SPDX-License-Identifier: MIT
"""The tensors that have their own color throughout a site."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tensor:
    r"""A tensor and its colors.

    cycle: the index of its color in figures, such as 2 for matplotlib's C2
    light, dark: its colors on light and dark pages, such as `#623c00`
    formula: its symbol in LaTeX, such as `W_{\text{query}}`, or ""
    aliases: other names that it has in code
    """

    name: str
    cycle: int
    light: str
    dark: str
    formula: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def css(self) -> str:
        """The name in CSS: the class `tensor-w-query`, the custom property `--tensor-w-query`."""
        return "tensor-" + self.name.replace("_", "-")
