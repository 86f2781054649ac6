# SPDX-License-Identifier: MIT
# checks: real_attention/scaling/attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.scaling.attention import attention, scaled_scores
from snippets.walkthrough.attention_scores import scores

HINTS = {
    "scaled_scores": (
        "Divide every score by the same number. Which one?",
        "The square root of d_k, the length of a key: `keys.shape[-1] ** 0.5`.",
    ),
    "attention": (
        "Scores, scaled, then weights, then outputs: write the function.",
        "Queries times keys, transposed, divided by the root of the length of a key; then the "
        "softmax of each row, times the values. Take all sizes from the arguments.",
    ),
}


def check_scaled_scores(scaled_scores, scores):
    right = scores / torch.tensor(3.0).sqrt()
    mistakes = {
        "the scale is missing. These are the scores as they were.": lambda: scores,
        "they are divided by 2, the root of d_model. Which length do the products run over?": (
            lambda: scores / 2
        ),
        "they are divided by d_k. Take its square root.": lambda: scores / 3,
        "they are multiplied. The spread should become smaller.": lambda: 3 * right,
        "these are weights already. The softmax comes after.": lambda: right.softmax(dim=-1),
    }
    check("scaled_scores", scaled_scores, right, mistakes)


def check_attention(attention):
    """Try tensors with different sizes, so that a wrong size cannot pass."""
    random = torch.Generator().manual_seed(0)
    n_queries, n_keys, d_k, d_v = 6, 7, 5, 2
    queries = torch.randn(n_queries, d_k, generator=random)
    keys = torch.randn(n_keys, d_k, generator=random)
    values = torch.randn(n_keys, d_v, generator=random)
    scores = torch.einsum("qd,kd->qk", queries, keys)

    def mixed(scale, dim=-1):
        return torch.einsum("qk,kd->qd", (scores / scale).softmax(dim=dim), values)

    root = d_k**0.5
    given = "6 queries and 7 keys with d_k 5 and d_v 2"
    ours = call(attention, queries, keys, values, given=given)
    mistakes = {
        "the scale is missing. Divide the scores before the softmax.": lambda: mixed(1),
        "the scores are divided by 2, the root of d_model of the example. It is the length of a "
        "key that counts.": lambda: mixed(2),
        "the scores are divided by the root of 3, which fits the example alone. Take the length "
        "from the keys.": lambda: mixed(3**0.5),
        "the scores are divided by d_k. Take its square root.": lambda: mixed(d_k),
        "the scores are divided by the root of the number of queries. Which axis is d_k?": (
            lambda: mixed(n_queries**0.5)
        ),
        "the scores are divided by the root of the number of keys. Which axis is d_k?": (
            lambda: mixed(n_keys**0.5)
        ),
        "the scores are divided by the root of d_v. It is the length of a key that counts.": (
            lambda: mixed(d_v**0.5)
        ),
        "the scores are multiplied. The spread should become smaller.": lambda: mixed(1 / root),
        "the weights are scaled, not the scores. Each row of weights must add up to 1.": (
            lambda: mixed(1) / root
        ),
        "is there no softmax? Scores are not shares.": lambda: scores / root @ values,
        "the softmax ran over the queries. Each row of weights must add up to 1.": lambda: mixed(
            root, 0
        ),
        "these are the weights. Weight the values with them.": lambda: (scores / root).softmax(
            dim=-1
        ),
    }
    check("what attention returns", ours, mixed(root), mistakes)


if __name__ == "__main__":
    # --8<-- [start:scaled] hidden
    check_scaled_scores(scaled_scores, scores)
    # --8<-- [end:scaled]

    # --8<-- [start:attention] hidden
    check_attention(attention)
    # --8<-- [end:attention]
