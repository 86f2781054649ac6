# SPDX-License-Identifier: MIT
# checks: real_attention/multi_head/attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import math

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.multi_head.attention import (
    merge_heads,
    multi_head_attention,
    split_heads,
)

HINTS = {
    "split_heads.by_head": (
        "Cut the last axis, of d_model numbers, into heads. Which four or more axes are there "
        "then?",
        "`x.view(*leading, n, ..., ...)`: the last two axes are the heads and the numbers of each.",
    ),
    "split_heads.return": (
        "Each head should have a table of its own. Which two axes change places?",
        "`transpose(-3, -2)` swaps the inputs with the heads, whatever stands before them.",
    ),
    "merge_heads.by_input": (
        "Go back the same way. What comes first?",
        "The transpose that you undo is the last one of the split, with the axes -3 and -2.",
    ),
    "merge_heads.return": (
        "Let the numbers of all heads become one row for each input.",
        "`reshape(*leading, n, ...)`: the last axis is as long as all heads together.",
    ),
    "multi_head_attention": (
        "Put everything together. How often do you split, and how often do you merge?",
        "Project and split three times, call `attention` once with the mask, merge, and multiply "
        "by `w_output`.",
    ),
}


LEADING = (2,), (), (3, 2)  # axes in front: a batch, none, two


def check_split_heads(split_heads):
    """Try it with and without a batch, and different sizes: a swapped axis cannot pass."""
    for leading in LEADING:
        x = torch.arange(60.0 * math.prod(leading)).view(*leading, 5, 12)
        given = f"an x of shape {tuple(x.shape)} and 3 heads"
        right = torch.stack(x.chunk(3, dim=-1), dim=-3)
        mistakes = {
            "the heads have numbers of more than one input. Cut the last axis alone, then "
            "transpose, instead of one reshape.": lambda x=x, leading=leading: x.reshape(
                *leading, 3, 5, 4
            ),
            "each head must get neighbors. Cut the last axis into n_heads first, then d_k.": (
                lambda x=x, leading=leading: x.view(*leading, 5, 4, 3).transpose(-3, -2)
            ),
            "the heads still come after the inputs. What is left to transpose?": (
                lambda x=x, leading=leading: x.view(*leading, 5, 3, 4)
            ),
            "the heads must come before the inputs, and after the batch.": lambda x=x: torch.stack(
                x.chunk(3, dim=-1)
            ),
            "axes are counted from the front, which fits a batch alone. Count from the end.": (
                lambda x=x, leading=leading: x.view(*leading, 5, 3, 4).transpose(1, 2)
            ),
            "the last two axes changed places. Swap the inputs with the heads, -3 with -2.": (
                lambda x=x, leading=leading: x.view(*leading, 5, 3, 4).transpose(-2, -1)
            ),
        }
        ours = call(split_heads, x, 3, given=given)
        check(f"with {given}, what split_heads gives", ours, right, mistakes)


def check_merge_heads(merge_heads):
    for leading in LEADING:
        x = torch.arange(60.0 * math.prod(leading)).view(*leading, 3, 5, 4)
        given = f"an x of shape {tuple(x.shape)}"
        right = torch.cat(x.unbind(dim=-3), dim=-1)

        def joined(x, leading=leading):
            return x.reshape(*leading, 5, 12)

        mistakes = {
            "numbers of several inputs stand in one row. Transpose before the reshape.": (
                lambda x=x, joined=joined: joined(x)
            ),
            "the numbers of the heads are shuffled. Transpose the axes -3 and -2.": (
                lambda x=x, joined=joined: joined(x.transpose(-2, -1))
            ),
            "it is transposed. Now let the last two axes become one.": lambda x=x: x.transpose(
                -3, -2
            ),
            "the heads were added. Keep the numbers of all.": lambda x=x: x.sum(dim=-3),
        }
        ours = call(merge_heads, x, given=given)
        check(f"with {given}, what merge_heads gives", ours, right, mistakes)


def check_multi_head_attention(multi_head_attention):
    """Try length 1 (values and w_output alone), then row 0 under a causal mask."""
    random = torch.Generator().manual_seed(0)
    x, *weights = (torch.randn(size, generator=random) for size in [(5, 6)] + [(6, 6)] * 4)
    causal = torch.ones(5, 5).tril().bool()
    name = "what multi_head_attention returns"

    def of(x, w_query, w_key, w_value, w_output, n_heads, mask=None, scale=None):
        queries, keys, values = (
            torch.stack((x @ w).chunk(n_heads, dim=-1)) for w in (w_query, w_key, w_value)
        )
        scores = torch.einsum("hqd,hkd->hqk", queries, keys)
        scores = scores / (scale or queries.shape[-1] ** 0.5)
        scores = scores if mask is None else scores.where(mask, -torch.inf)
        heads = torch.einsum("hqk,hkd->hqd", scores.softmax(dim=-1), values)
        return torch.cat([*heads], dim=-1) @ w_output

    def ours(x, mask=None):
        count = "1 input" if len(x) == 1 else f"{len(x)} inputs"
        given = f"{count} with d_model 6 and 3 heads"
        return call(multi_head_attention, x, *weights, 3, mask, given=given)

    w_query, w_key, w_value, w_output = weights
    identity = torch.eye(6)
    check(
        f"for one input alone, {name}",
        ours(x[:1]),
        x[:1] @ w_value @ w_output,
        {
            "w_output is missing.": lambda: x[:1] @ w_value,
            "the values are missing: keys were weighted.": lambda: x[:1] @ w_key @ w_output,
            "the values are missing: queries were weighted.": lambda: x[:1] @ w_query @ w_output,
            "the values are missing: x was weighted as it is.": lambda: x[:1] @ w_output,
        },
    )
    check(
        f"for 5 inputs, {name}",
        ours(x),
        of(x, *weights, 3),
        {
            "there is one head alone. Split the queries, keys and values.": lambda: of(
                x, *weights, 1
            ),
            "there are always two heads. Use n_heads.": lambda: of(x, *weights, 2),
            "queries and keys changed places.": lambda: of(x, w_key, w_query, w_value, w_output, 3),
            "the scores are divided by the root of d_model. A head is narrower.": lambda: of(
                x, *weights, 3, scale=6**0.5
            ),
            "w_output is missing.": lambda: of(x, w_query, w_key, w_value, identity, 3),
            "the heads are merged by one reshape. Use merge_heads.": lambda: (
                torch.stack(of(x, w_query, w_key, w_value, identity, 3).chunk(3, dim=-1)).reshape(
                    5, 6
                )
                @ w_output
            ),
        },
    )
    check(
        f"with a causal mask, {name}",
        ours(x, causal),
        of(x, *weights, 3, causal),
        {
            "the mask is lost on the way to attention.": lambda: of(x, *weights, 3),
            "the mask is turned around.": lambda: of(x, *weights, 3, causal.T),
        },
    )


if __name__ == "__main__":
    # --8<-- [start:split_heads] hidden
    check_split_heads(split_heads)
    # --8<-- [end:split_heads]

    # --8<-- [start:merge_heads] hidden
    check_merge_heads(merge_heads)
    # --8<-- [end:merge_heads]

    # --8<-- [start:multi_head_attention] hidden
    check_multi_head_attention(multi_head_attention)
    # --8<-- [end:multi_head_attention]
