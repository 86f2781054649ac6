# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    (
        "def interleaved(queries, keys, values):\n"
        "    times = queries.shape[1] // keys.shape[1]\n"
        "    keys, values = (one.repeat(1, times, 1, 1) for one in (keys, values))\n"
        "    return F.scaled_dot_product_attention(queries, keys, values)",
        "PyTorch differs",
    ),
    (
        "def aligned_at_the_end(queries, keys, values):\n"
        "    return F.scaled_dot_product_attention(queries, keys, values)",
        "the last two steps differ",
    ),
]
