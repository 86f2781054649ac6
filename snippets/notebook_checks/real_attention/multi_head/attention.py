# SPDX-License-Identifier: MIT
# checks: real_attention/multi_head/attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.multi_head.attention import (
    merge_heads,
    multi_head_attention,
    split_heads,
)

HINTS = {
    "split_heads": "view cuts the last axis in two, n_heads first; transpose moves the heads "
    "before the inputs, the axes -3 and -2",
    "merge_heads": "the way back: transpose, then reshape",
    "multi_head_attention": "project and split three times, one attention, merge, project",
}


def check_split_heads(split_heads):
    """Tries it on sizes that are all different, so that a swapped axis cannot pass."""
    x = torch.arange(2 * 5 * 12.0).view(2, 5, 12)
    split = "what split_heads gives for 3 heads of 4 numbers, from an x of shape (2, 5, 12),"
    right = torch.stack(x.chunk(3, dim=-1), dim=1)
    mistakes = {
        "the heads have numbers of more than one input. Cut the last axis alone, then transpose, "
        "instead of one reshape.": lambda: x.reshape(2, 3, 5, 4),
        "each head must get neighbors. Cut the last axis into n_heads first, then d_k.": lambda: (
            x.view(2, 5, 4, 3).transpose(-3, -2)
        ),
        "the heads still come after the inputs. What is left to transpose?": lambda: x.view(
            2, 5, 3, 4
        ),
        "the heads must come before the inputs, and after the batch.": lambda: torch.stack(
            x.chunk(3, dim=-1)
        ),
    }
    check(split, tried("split_heads", split_heads, x, 3), right, mistakes)


def check_merge_heads(merge_heads):
    x = torch.arange(2 * 3 * 5 * 4.0).view(2, 3, 5, 4)
    merged = "what merge_heads gives for an x of shape (2, 3, 5, 4)"
    right = torch.cat(x.unbind(dim=1), dim=-1)
    mistakes = {
        "numbers of several inputs stand in one row. Transpose before the reshape.": lambda: (
            x.reshape(2, 5, 12)
        ),
        "the numbers of the heads are shuffled. Transpose the axes -3 and -2.": lambda: x.transpose(
            -2, -1
        ).reshape(2, 5, 12),
        "it is transposed. Now let the last two axes become one.": lambda: x.transpose(1, 2),
        "the heads were added. Keep the numbers of all.": lambda: x.sum(dim=1),
    }
    check(merged, tried("merge_heads", merge_heads, x), right, mistakes)


def check_multi_head_attention(multi_head_attention):
    """Length 1 isolates values and output, row 0 under a causal mask the mask."""
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
        return tried("multi_head_attention", multi_head_attention, x, *weights, 3, mask)

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


def tried(name, function, *arguments):
    try:
        result = function(*arguments)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise NotYet(f"{name} does not run: {error}") from None
    if result is None:
        raise NotYet(f"{name} returns nothing: it is still a blank, or its return is missing.")
    return result


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
