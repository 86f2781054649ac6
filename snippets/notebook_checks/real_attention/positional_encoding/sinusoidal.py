# SPDX-License-Identifier: MIT
# checks: real_attention/positional_encoding/sinusoidal
"""Hints and checks for the blank on sinusoidal positions in the hands-on notebook."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.positional_encoding.sinusoidal import sinusoidal

HINTS = {
    "sinusoidal.pairs": (
        "Each angle gives two numbers, which stand side by side. What are they?",
        "`torch.stack([..., ...], dim=-1)` puts two tensors side by side on a new last axis: first "
        "the sines, `turned.sin()`, then the cosines.",
    ),
    "sinusoidal.return": (
        "Let the pairs of a position become one row.",
        "`flatten(-2)` makes one axis of the last two.",
    ),
}


def check_sinusoidal(sinusoidal):
    """Try five positions of six numbers each, a single position, and a table of positions."""
    attempt(sinusoidal, torch.tensor([0, 1, 2, 7, 30]))
    attempt(sinusoidal, torch.tensor(3))
    attempt(sinusoidal, torch.tensor([[0, 1, 2], [4, 5, 6]]))


def attempt(sinusoidal, positions):
    speeds = torch.tensor([10000 ** (-2 * i / 6) for i in range(3)])
    turned = torch.einsum("...,s->...s", positions.float(), speeds)
    sines, cosines = torch.sin(turned), torch.cos(turned)

    def neighbors(first, second):
        return torch.stack([first, second], dim=-1).flatten(-2)

    given = f"positions of shape {tuple(positions.shape)} and d_model 6"
    ours = call(sinusoidal, positions, 6, given=given)
    mistakes = {
        "in each pair the cosine comes first. The sine should.": lambda: neighbors(cosines, sines),
        "all sines stand before all cosines. The two of one angle should be neighbors.": lambda: (
            torch.cat([sines, cosines], dim=-1)
        ),
        "the pairs still have an axis of their own.": lambda: torch.stack([sines, cosines], dim=-1),
        "these are sines alone. Each angle gives two numbers.": lambda: sines,
        "these are the angles. Take their sines and cosines.": lambda: turned,
        "sine and cosine are added up. Each should keep its place.": lambda: sines + cosines,
    }
    check(f"with {given}, what sinusoidal returns", ours, neighbors(sines, cosines), mistakes)


if __name__ == "__main__":
    # --8<-- [start:sinusoidal] hidden
    check_sinusoidal(sinusoidal)
    # --8<-- [end:sinusoidal]
