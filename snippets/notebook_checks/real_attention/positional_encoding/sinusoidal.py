# SPDX-License-Identifier: MIT
# checks: real_attention/positional_encoding/sinusoidal
"""Hints and checks for the blanks on sinusoidal positions in the hands-on notebook on order."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.positional_encoding.sinusoidal import sinusoidal

HINTS = {
    "sinusoidal": "the sine and the cosine of every angle; then flatten the pairs into one row",
}


def check_sinusoidal(sinusoidal):
    """Tries it on five positions of six numbers each."""
    positions = torch.tensor([0, 1, 2, 7, 30])
    speeds = torch.tensor([10000 ** (-2 * i / 6) for i in range(3)])
    turned = torch.einsum("p,s->ps", positions.float(), speeds)
    sines, cosines = torch.sin(turned), torch.cos(turned)

    def neighbors(first, second):
        return torch.dstack([first, second]).reshape(len(positions), -1)

    try:
        ours = sinusoidal(positions, 6)
    except (RuntimeError, TypeError, AssertionError):
        raise NotYet(
            "sinusoidal does not run on 5 positions with d_model 6: sizes do not fit. Call "
            "angles with the positions and d_model, then take sines and cosines."
        ) from None
    if ours is None:
        raise NotYet(
            "sinusoidal returns nothing: its body is still a blank, or its return is missing."
        )
    mistakes = {
        "in each pair the cosine comes first. The sine should.": lambda: neighbors(cosines, sines),
        "all sines stand before all cosines. The two of one angle should be neighbors.": lambda: (
            torch.hstack([sines, cosines])
        ),
        "the pairs still have an axis of their own.": lambda: torch.dstack([sines, cosines]),
        "these are sines alone. Each angle gives two numbers.": lambda: sines,
        "these are the angles. Take their sines and cosines.": lambda: turned,
        "sine and cosine are added up. Each should keep its place.": lambda: sines + cosines,
    }
    check("what sinusoidal returns", ours, neighbors(sines, cosines), mistakes)


if __name__ == "__main__":
    # --8<-- [start:sinusoidal] hidden
    check_sinusoidal(sinusoidal)
    # --8<-- [end:sinusoidal]
