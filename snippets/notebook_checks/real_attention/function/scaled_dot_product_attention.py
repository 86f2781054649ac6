# SPDX-License-Identifier: MIT
# checks: real_attention/function/scaled_dot_product_attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import math

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.function.scaled_dot_product_attention import (
    masked,
    one_per_query_head,
)

HINTS = {
    "masked": (
        "Give -inf to every score that does not count. There are two kinds of mask, and is_causal.",
        "A boolean mask is True where a query may attend: fill where it is not, `~attn_mask`, with "
        "`-math.inf`. A mask of floats is added. With is_causal, fill what is above the diagonal "
        "that starts at the first key: `tril()` keeps what is below.",
    ),
    "one_per_query_head.return": (
        "Repeat each head for `share` heads of queries. Should the copies be neighbors?",
        "Yes: `repeat_interleave(how often, dim=...)`. The heads are the third axis from the end.",
    ),
}


def check_masked(masked):
    """Try each mask alone, then both, on 3 queries and 5 keys: a transposed mask cannot pass."""
    random = torch.Generator().manual_seed(0)
    for shape in (3, 5), (2, 4, 3, 5):  # so that code for two axes alone fails
        attempt(masked, torch.randn(shape, generator=random))


def attempt(masked, scores):
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
    return call(masked, *arguments, given=f"scores of shape {tuple(arguments[0].shape)}")


def check_one_per_query_head(one_per_query_head):
    """Try 2 key heads for 6 query heads, with and without a batch."""
    for leading in (4,), ():
        grouped = torch.randn((*leading, 2, 5, 3), generator=torch.Generator().manual_seed(0))
        query = torch.zeros(*leading, 6, 7, 3)
        given = f"keys of shape {tuple(grouped.shape)} and queries of shape {tuple(query.shape)}"
        right = grouped[..., [0, 0, 0, 1, 1, 1], :, :]
        mistakes = {
            "the heads are dealt out like cards. Each should be repeated beside itself.": (
                lambda grouped=grouped: grouped[..., [0, 1, 0, 1, 0, 1], :, :]
            ),
            "the heads came back as they were.": lambda grouped=grouped: grouped,
            "the keys were repeated, not the heads.": lambda grouped=grouped: (
                grouped.repeat_interleave(3, dim=-2)
            ),
        }
        ours = call(one_per_query_head, grouped, query, given=given)
        check(f"with {given}, what one_per_query_head gives", ours, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:masked] hidden
    check_masked(masked)
    # --8<-- [end:masked]

    # --8<-- [start:one_per_query_head] hidden
    check_one_per_query_head(one_per_query_head)
    # --8<-- [end:one_per_query_head]
