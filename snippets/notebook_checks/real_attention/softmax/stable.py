# SPDX-License-Identifier: MIT
# checks: real_attention/softmax/stable
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.softmax.stable import softmax

HINTS = {
    "softmax": "subtract the largest score along dim, raise e to the rest, divide by the sum along "
    "dim; keepdim=True keeps that axis, with length 1",
}


def check_softmax(softmax):
    """Tries it along both axes of a table that is not square, then with large scores."""
    scores = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    powers = scores.exp()
    for dim in 0, 1:
        shifted = (scores - scores.amax(dim=dim, keepdim=True)).exp()
        mistakes = {
            "is dim not used? The softmax ran along the other axis.": lambda dim=dim: (
                powers / powers.sum(dim=1 - dim, keepdim=True)
            ),
            "all numbers together make 1. Sum along dim alone.": lambda shifted=shifted: (
                shifted / shifted.sum()
            ),
            "the powers are there. Divide them by their sum along dim.": lambda shifted=shifted: (
                shifted
            ),
            "the powers are there, of the scores as they were. Divide them by their sum.": lambda: (
                powers
            ),
            "the largest score is subtracted above the line and not below it.": (
                lambda dim=dim, shifted=shifted: shifted / powers.sum(dim=dim, keepdim=True)
            ),
            "these are the logarithms of the weights.": lambda dim=dim: scores.log_softmax(dim=dim),
        }
        ours = tried(softmax, scores, dim)
        check(f"softmax(scores, dim={dim})", ours, scores.softmax(dim=dim), mistakes)
    apart = torch.tensor([[0.0, 1.0], [1000.0, 1001.0]])
    if tried(softmax, apart[1:], -1).isnan().any():
        raise NotYet(
            "softmax of [1000, 1001] is not a number: e to such a score is inf, and inf / inf is "
            "nan. Subtract the largest score first."
        )
    if tried(softmax, apart, -1).isnan().any():
        raise NotYet(
            "softmax gives nan for [0, 1] where another row has scores of 1000. Subtract from each "
            "row its own largest score, not the largest of all."
        )
    check("softmax of large scores", tried(softmax, apart, -1), apart.softmax(dim=-1), {})


def tried(softmax, scores, dim):
    """What it returns. Raises NotYet where it does not run, or returns no tensor."""
    sizes = f"scores of shape {tuple(scores.shape)} and dim={dim}"
    try:
        ours = softmax(scores, dim)
    except RuntimeError:
        raise NotYet(
            f"softmax does not run with {sizes}: sizes do not fit. Is a keepdim=True missing?"
        ) from None
    except TypeError:
        raise NotYet(
            f"softmax does not run with {sizes}: a tensor met something else. max along a dim "
            f"gives values and their places; amax gives the values."
        ) from None
    if ours is None:
        raise NotYet(
            "softmax returns nothing: its body is still a blank, or its return is missing."
        )
    return ours


if __name__ == "__main__":
    # --8<-- [start:softmax] hidden
    check_softmax(softmax)
    # --8<-- [end:softmax]
