# SPDX-License-Identifier: MIT
# checks: real_attention/softmax/stable
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import NotYet, call, check
from snippets.real_attention.softmax.stable import softmax

HINTS = {
    "softmax.largest": (
        "No score may be larger than 0 before it becomes a power of e. What do we subtract?",
        "`scores.amax(dim=..., keepdim=True)` is the largest score along dim. With keepdim, that "
        "axis stays, with length 1, so that the subtraction fits.",
    ),
    "softmax.return": (
        "The powers are there. What makes them shares?",
        "Divide them by their sum along dim, again with keepdim=True.",
    ),
}


def check_softmax(softmax):
    """Try both axes of a table that is not square, then large scores."""
    scores = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    powers = scores.exp()
    for dim in 0, 1:
        shifted = (scores - scores.amax(dim=dim, keepdim=True)).exp()
        mistakes = {
            "is dim not used? The softmax ran along the other axis.": lambda dim=dim: (
                powers / powers.sum(dim=1 - dim, keepdim=True)
            ),
            "all numbers together add up to 1. Sum along dim alone.": lambda shifted=shifted: (
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
    for shape in (4,), (2, 3, 4):  # so that code for two axes alone fails
        scores = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        ours = tried(softmax, scores, -1)
        check(f"softmax of scores of shape {shape}", ours, scores.softmax(dim=-1), {})


def tried(softmax, scores, dim):
    given = f"scores of shape {tuple(scores.shape)} and dim={dim}"
    return call(softmax, scores, dim, given=given, advice="Is a keepdim=True missing?")


if __name__ == "__main__":
    # --8<-- [start:softmax] hidden
    check_softmax(softmax)
    # --8<-- [end:softmax]
