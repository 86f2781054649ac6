# SPDX-License-Identifier: MIT
"""Masks for attention. In each of them True = may attend.

mask = both(causal(5), padding(torch.tensor([5, 3]), 5))  # (batch, 1, queries, keys)
F.scaled_dot_product_attention(q, k, v, attn_mask=for_function(mask))
nn.MultiheadAttention(...)(x, x, x, attn_mask=for_module(mask, n_heads))
scores + to_add(mask, scores.dtype)
"""

import math

import torch


def causal(n_queries, n_keys=None, *, device=None):  # (queries, keys)
    """Causal mask: the last query sees all keys, each earlier query one less.

    The triangle ends at the bottom right, as a cache of earlier keys needs.
    """
    return window(n_queries, n_keys, device=device)


def window(n_queries, n_keys=None, *, keys=None, back=None, ahead=0, device=None):
    """Mask of each query's own key, keys before it, and `ahead` after it: (queries, keys).

    keys: keys seen, its own included, as Mistral counts its sliding window
    back: keys before its own, as flash-attn counts; None and no `keys`: all
    """
    n_keys = n_queries if n_keys is None else n_keys
    if keys is not None and (back is not None or keys < 1):
        raise ValueError(f"give keys (1 or more) or back, not keys={keys} and back={back}")
    back = keys - 1 if keys is not None else back
    if (back is not None and back < 0) or ahead < 0:
        raise ValueError(f"back and ahead count keys: 0 or more, not {back} and {ahead}")
    own = torch.arange(n_queries, device=device).unsqueeze(-1) + n_keys - n_queries
    distance = own - torch.arange(n_keys, device=device)  # (queries, keys), > 0: before
    seen = distance >= -ahead
    return seen if back is None else seen & (distance <= back)


def padding(lengths, n_keys, *, side="right"):  # (batch,) -> (batch, 1, 1, keys)
    """True for real keys. side: of the padding, "right" or "left"."""
    if side not in ("right", "left"):
        raise ValueError(f"side is 'right' or 'left', not {side!r}")
    at = torch.arange(n_keys, device=lengths.device)
    lengths = lengths.unsqueeze(-1)  # (batch, 1)
    real = at < lengths if side == "right" else at >= n_keys - lengths
    return real.unsqueeze(1).unsqueeze(1)


def positions(lengths, n_keys, *, side="right"):  # (batch,) -> (batch, keys)
    """Position of each input, 0 for the first real one; padding on the left has 0 too."""
    start = 0 if side == "right" else n_keys - lengths.unsqueeze(-1)
    return (
        (torch.arange(n_keys, device=lengths.device) - start).clamp(min=0).expand(len(lengths), -1)
    )


def both(*masks):
    """True where all masks are True. Shapes broadcast."""
    seen = masks[0]
    for mask in masks[1:]:
        seen = seen & mask
    return seen


def for_function(mask):
    """Mask for F.scaled_dot_product_attention: two axes or more."""
    return mask.reshape(1, *mask.shape) if mask.dim() == 1 else mask


def for_module(mask, n_heads, n_queries=None):
    """Mask for nn.MultiheadAttention: True = hidden, one mask for each example and head.

    mask: (queries, keys), or (batch, 1 or heads, queries or 1, keys)
    returns: (queries, keys), or (batch * heads, queries, keys)
    """
    if mask.dim() == 2:
        return ~mask
    if mask.dim() != 4:
        raise ValueError(f"the mask is {tuple(mask.shape)}, not (batch, heads, queries, keys)")
    n_queries = mask.shape[-2] if n_queries is None else n_queries
    return ~mask.expand(-1, n_heads, n_queries, -1).flatten(0, 1)


def to_add(mask, dtype=torch.float32):
    """Mask to add to scores: 0 = may attend, -inf = hidden."""
    return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, -math.inf)
