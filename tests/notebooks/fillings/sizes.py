# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

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
