# SPDX-License-Identifier: MIT
# checks: real_attention/function/scaled_dot_product_attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import math

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.function.scaled_dot_product_attention import masked

HINTS = {
    "masked": "-inf where a boolean mask is False; a mask of floats is added; with is_causal, "
    "-inf above the diagonal that starts at the first key",
}


def check_masked(masked):
    """Tries each kind of mask alone, on 3 queries and 5 keys, so that a turned one cannot pass."""
    scores = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    allowed = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1]]).bool()
    past = torch.arange(5) <= torch.arange(3)[:, None]
    end = torch.arange(5) <= torch.arange(3)[:, None] + 2
    check(
        "with a boolean mask, what masked gives",
        tried(masked, scores, allowed, False),
        scores.where(allowed, -math.inf),
        {
            "the mask is turned around. True = may attend.": lambda: scores.where(
                ~allowed, -math.inf
            ),
            "scores of 0 still get a share. What has the power of e that is 0?": lambda: (
                scores.where(allowed, 0)
            ),
            "the mask was added as 0 and 1.": lambda: scores + allowed,
            "the mask changed nothing.": lambda: scores,
        },
    )
    added = torch.full((3, 5), 0.5).where(allowed, -math.inf)
    check(
        "with a mask of floats, what masked gives",
        tried(masked, scores, added, False),
        scores.where(allowed, -math.inf) + 0.5,
        {
            "the mask changed nothing.": lambda: scores,
            "the mask was taken as a boolean one. Add its numbers.": lambda: scores.where(
                allowed, -math.inf
            ),
        },
    )
    check(
        "with is_causal, what masked gives",
        tried(masked, scores, None, True),
        scores.where(past, -math.inf),
        {
            "the past is hidden, not the future.": lambda: scores.where(~past, -math.inf),
            "the diagonal ends at the last key. It starts at the first.": lambda: scores.where(
                end, -math.inf
            ),
            "a query may attend to its own key too: keep the diagonal.": lambda: scores.where(
                torch.arange(5) < torch.arange(3)[:, None], -math.inf
            ),
            "is_causal changed nothing.": lambda: scores,
        },
    )
    check(
        "with a boolean mask and is_causal, what masked gives",
        tried(masked, scores, allowed, True),
        scores.where(allowed & past, -math.inf),
        {
            "the mask is lost where is_causal is given.": lambda: scores.where(past, -math.inf),
            "is_causal is lost where a mask is given.": lambda: scores.where(allowed, -math.inf),
        },
    )


def tried(masked, *arguments):
    before = arguments[0].clone()
    try:
        result = masked(*arguments)
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise NotYet(f"masked does not run: {error}") from None
    if result is None:
        raise NotYet("masked returns nothing: it is still a blank, or its return is missing.")
    if not torch.equal(arguments[0], before):
        arguments[0].copy_(before)
        raise NotYet("masked changed the scores it was given. Return new ones instead.")
    return result


if __name__ == "__main__":
    # --8<-- [start:masked] hidden
    check_masked(masked)
    # --8<-- [end:masked]
