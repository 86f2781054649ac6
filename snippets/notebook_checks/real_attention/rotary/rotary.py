# SPDX-License-Identifier: MIT
# checks: real_attention/rotary/rotary
"""Hints and checks for the blanks in the hands-on notebook on rotary positions."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.rotary.rotary import rotate

HINTS = {
    "rotate": "turn each pair of neighbors by its angle, by the formula above",
}


def check_rotate(rotate):
    """Tries it on two heads of five positions, six numbers each."""
    vectors = torch.randn(2, 5, 6, generator=torch.Generator().manual_seed(0))
    positions = torch.tensor([3, 0, 1, 2, 9])
    speeds = torch.tensor([10000 ** (-2 * i / 6) for i in range(3)])
    turned = torch.einsum("p,s->ps", positions.float(), speeds)
    pairs = torch.view_as_complex(vectors.unflatten(-1, (3, 2)))

    def neighbors(numbers):
        return torch.view_as_real(numbers).flatten(-2)

    def by(angles):
        return torch.polar(torch.ones_like(angles), angles)

    def halves():
        numbers = torch.complex(*vectors.chunk(2, dim=-1)) * by(turned)
        return torch.cat([numbers.real, numbers.imag], dim=-1)

    try:
        ours = rotate(vectors, positions)
    except (RuntimeError, TypeError, AssertionError):
        raise NotYet(
            "rotate does not run on x of shape (2, 5, 6) with 5 positions: sizes do not fit. Take "
            "angles for the last axis of x, and every second number of it."
        ) from None
    if ours is None:
        raise NotYet("rotate returns nothing: its body is still a blank, or its return is missing.")
    right = pairs * by(turned)
    mistakes = {
        "the numbers of the two halves are paired. Here neighbors are.": halves,
        "the pairs turn the other way. See which of the two products has a minus.": lambda: (
            neighbors(pairs * by(-turned))
        ),
        "first numbers stand before second ones. Put each pair back where it was.": lambda: (
            torch.cat([right.real, right.imag], dim=-1)
        ),
        "the pairs still have an axis of their own.": lambda: torch.view_as_real(right),
        "the sine has no part in it. Turning mixes the two numbers of a pair.": lambda: neighbors(
            pairs * turned.cos()
        ),
        "the two numbers of a pair changed places.": lambda: neighbors(
            torch.complex(right.imag, right.real)
        ),
        "nothing is turned.": lambda: vectors,
    }
    check("what rotate returns", ours, neighbors(right), mistakes)


if __name__ == "__main__":
    # --8<-- [start:rotate] hidden
    check_rotate(rotate)
    # --8<-- [end:rotate]
