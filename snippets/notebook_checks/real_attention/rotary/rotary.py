# SPDX-License-Identifier: MIT
# checks: real_attention/rotary/rotary
"""Hints and checks for the blanks in the hands-on notebook on rotary positions."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.rotary.rotary import rotate

HINTS = {
    "rotate.first": (
        "Neighbors are pairs. Which numbers of x come first in their pair, and which second?",
        "`x[..., 0::2]` takes every second number of the last axis, beginning with the first, and"
        " `x[..., 1::2]` the others. Three dots stand for all axes before.",
    ),
    "rotate.pairs": (
        "Turn all pairs at the same time. The formula above has two rows.",
        "A list of two tensors: `first` and `second` are a and b of the formula, and `cos` and "
        "`sin` stand for the cosine and the sine of the angle.",
    ),
}


def check_rotate(rotate):
    """Try two heads of five positions, six numbers each, and a single vector."""
    vectors = torch.randn(2, 5, 6, generator=torch.Generator().manual_seed(0))
    attempt(rotate, vectors, torch.tensor([3, 0, 1, 2, 9]))
    attempt(rotate, vectors[0, 0], torch.tensor(2))


def attempt(rotate, vectors, positions):
    speeds = torch.tensor([10000 ** (-2 * i / 6) for i in range(3)])
    turned = torch.einsum("...,s->...s", positions.float(), speeds)
    pairs = torch.view_as_complex(vectors.unflatten(-1, (3, 2)))

    def neighbors(numbers):
        return torch.view_as_real(numbers).flatten(-2)

    def by(angles):
        return torch.polar(torch.ones_like(angles), angles)

    def halves():
        numbers = torch.complex(*vectors.chunk(2, dim=-1)) * by(turned)
        return torch.cat([numbers.real, numbers.imag], dim=-1)

    given = f"x of shape {tuple(vectors.shape)} and positions of shape {tuple(positions.shape)}"
    ours = call(rotate, vectors, positions, given=given)
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
    check(f"with {given}, what rotate returns", ours, neighbors(right), mistakes)


if __name__ == "__main__":
    # --8<-- [start:rotate] hidden
    check_rotate(rotate)
    # --8<-- [end:rotate]
