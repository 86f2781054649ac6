# SPDX-License-Identifier: MIT
"""ALiBi: biases that lower the scores of distant keys. Add them, or pass them as attn_mask."""

import math

import torch


def slopes(n_heads, *, device=None):  # (heads,)
    """Score lost per step, for each head: 1/2, 1/4, ... for 8."""
    power = 2 ** int(math.log2(n_heads))  # the largest power of 2
    steps = torch.arange(1, power + 1, device=device)
    between = (steps - 0.5)[: n_heads - power]  # for further heads
    return 2 ** (-8 * torch.cat([steps, between]) / power)


def alibi(n_heads, n_queries, n_keys=None, *, dtype=torch.float32, device=None):
    """Biases to add to the scores: (heads, queries, keys).

    The last query is at the last key, so earlier keys may come from a cache. dtype: of the
    scores; computed in 32 bits or more. Hide the future with a causal mask.
    """
    n_keys = n_queries if n_keys is None else n_keys
    own = torch.arange(n_queries, device=device).unsqueeze(-1) + n_keys - n_queries
    distances = (own - torch.arange(n_keys, device=device)).abs()  # (queries, keys)
    return (slopes(n_heads, device=device).view(-1, 1, 1) * -distances).to(dtype)
