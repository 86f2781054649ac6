# SPDX-License-Identifier: MIT
# checks: real_attention/batches/attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.batches.attention import attention, keys, queries, scores

HINTS = {
    "attention.scores": (
        "Compare queries with keys, and scale. Which two axes of the keys must change places?",
        "`.T` would turn all axes around. `transpose(-2, -1)` counts from the end, so it works "
        "with any number of axes in front. Divide by the square root of `d_k`.",
    ),
    "scores": (
        "Say the same product in letters, with einsum.",
        "Give each axis a letter: b for the batch, q for queries, k for keys, d for their "
        "numbers. What is left out behind the arrow is summed over.",
    ),
}


def check_attention(attention):
    """Try tensors with different sizes, so that a swapped axis cannot pass."""
    attempt(attention, (2,), "on a batch")
    attempt(attention, (2, 13), "with two leading axes")
    attempt(attention, (), "without a batch")


def attempt(attention, leading, where):
    random = torch.Generator().manual_seed(0)
    sizes = (5, 7), (3, 7), (3, 11)
    queries, keys, values = (torch.randn(*leading, *size, generator=random) for size in sizes)
    products = torch.einsum("...qd,...kd->...qk", queries, keys)
    scaled = products / 7**0.5

    def mixed(scores, dim=-1):
        return torch.einsum("...qk,...kd->...qd", scores.softmax(dim=dim), values)

    given = f"5 queries and 3 keys of length 7, and 3 values of length 11, {where}"
    outputs = call(attention, queries, keys, values, given=given)
    mistakes = {
        "the scores are not scaled.": lambda: mixed(products),
        "the root is missing: scale by the root of d_k.": lambda: mixed(products / 7),
        "scale by the root of d_k, the length of a key. Is this another length?": lambda: mixed(
            products / 3**0.5
        ),
        "the softmax ran over the queries. Each row of weights must add up to 1.": lambda: mixed(
            scaled, -2
        ),
        "the softmax ran over the first axis, so sequences were mixed.": lambda: mixed(scaled, 0),
        "an axis is counted from the front. Count from the end: any number may stand before.": (
            lambda: torch.einsum("...qk,...kd->...qd", scaled.softmax(dim=1), values)
        ),
        "is there no softmax?": lambda: torch.einsum("...qk,...kd->...qd", scaled, values),
        "these are the weights. Weight the values with them.": lambda: scaled.softmax(dim=-1),
    }
    check(f"what attention returns {where}", outputs, mixed(scaled), mistakes)


def check_scores(scores, queries, keys):
    right = torch.matmul(queries, keys.swapaxes(-2, -1))
    mistakes = {
        "queries met the columns of keys. Which two axes have the length d_k?": lambda: (
            torch.einsum("...qd,...dk->...qk", queries, keys)
        ),
        "each query met the key of its own place only. Give the keys a letter of their own.": (
            lambda: torch.einsum("...qd,...qd->...q", queries, keys)
        ),
        "the sequences were mixed: their axis was summed away.": lambda: right.sum(dim=0),
        "the letter for d_k is still there, so nothing was summed.": lambda: torch.einsum(
            "...qd,...kd->...qkd", queries, keys
        ),
    }
    check("scores", scores, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:attention] hidden
    check_attention(attention)
    # --8<-- [end:attention]

    # --8<-- [start:einsum] hidden
    check_scores(scores, queries, keys)
    # --8<-- [end:einsum]
