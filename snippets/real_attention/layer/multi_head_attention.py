# SPDX-License-Identifier: MIT
# --8<-- [start:layer]
import math

import torch
from torch import nn

from snippets.real_attention.function.errors import check_dropout
from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)
from snippets.real_attention.layer.errors import check_heads, check_inputs


class MultiHeadAttention(nn.Module):
    """Self-attention and cross-attention with heads, batch first."""

    def __init__(
        self,
        d_model,  # the width of inputs and outputs
        n_heads,  # query heads
        n_kv_heads=None,  # key and value heads; None: n_heads
        *,
        d_k=None,  # the width of a head; None: d_model / n_heads
        bias=True,  # or names of the projections that have a bias
        dropout=0.0,  # the share of weights dropped in training
        scale=None,  # of the scores; None: 1/sqrt(d_k)
        adjust=None,  # (queries, keys, positions) -> queries, keys
    ):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        check_heads(d_model, n_heads, n_kv_heads, d_k)
        check_dropout(dropout)
        self.d_model, self.n_heads = d_model, n_heads
        self.n_kv_heads = n_kv_heads
        self.d_k = d_model // n_heads if d_k is None else d_k
        self.dropout, self.scale, self.adjust = dropout, scale, adjust
        names = biased(bias)
        wide, narrow = n_heads * self.d_k, n_kv_heads * self.d_k
        self.w_query = nn.Linear(d_model, wide, "query" in names)
        self.w_key = nn.Linear(d_model, narrow, "key" in names)
        self.w_value = nn.Linear(d_model, narrow, "value" in names)
        self.w_output = nn.Linear(wide, d_model, "output" in names)

    def forward(
        self,
        x,  # (..., queries, d_model), asks
        context=None,  # (..., keys, d_model), answers; None: x
        *,
        mask=None,  # broadcasts to (batch, heads, queries, keys), as above
        is_causal=False,  # with a cache, x follows the cached keys
        positions=None,  # of x, for adjust: (length,) or (batch, length)
        cache=None,  # a Cache: keys and values of earlier calls
        need_weights=False,  # returns (outputs, weights before dropout)
    ):
        """Return outputs, shaped like x."""
        context = x if context is None else context
        check_inputs(self, mask, x=x, context=context)
        queries = self.split(self.w_query(x))  # (..., heads, queries, d_k)
        keys = self.split(self.w_key(context))  # (..., kv_heads, keys, d_k)
        values = self.split(self.w_value(context))
        past = 0 if cache is None else len(cache)
        if self.adjust is not None:
            if positions is None:
                positions = torch.arange(x.shape[-2], device=x.device) + past
            queries, keys = self.adjust(queries, keys, positions)
        if cache is not None:
            keys, values = cache.extend(keys, values)
        if is_causal and past:
            mask, is_causal = causal_after(past, queries, keys, mask), False
        outputs, weights = scaled_dot_product_attention(
            queries,
            keys,
            values,
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=is_causal,
            scale=self.scale,
            enable_gqa=True,
            need_weights=True,
        )
        outputs = self.w_output(outputs.transpose(-3, -2).flatten(-2))
        return (outputs, weights) if need_weights else outputs

    def split(self, projected):  # (..., length, heads * d_k)
        by_head = projected.unflatten(-1, (-1, self.d_k))
        return by_head.transpose(-3, -2)  # (..., heads, length, d_k)

    def extra_repr(self):
        return (
            f"n_heads={self.n_heads}, n_kv_heads={self.n_kv_heads}, "
            f"d_k={self.d_k}, dropout={self.dropout}, scale={self.scale}"
        )


# --8<-- [end:layer]


# --8<-- [start:cache]
class Cache:
    """Keys and values of earlier calls, (batch, kv_heads, keys, d_k)."""

    def __init__(self):
        self.keys = self.values = None

    def __len__(self):
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(self, keys, values):
        """Append keys and values. Return all that are stored."""
        if self.keys is not None:
            keys = torch.cat([self.keys, keys], dim=-2)
            values = torch.cat([self.values, values], dim=-2)
        self.keys, self.values = keys, values
        return keys, values


def causal_after(past, queries, keys, mask):
    """Causal mask aligned at the bottom right, combined with mask."""
    size = queries.shape[-2], keys.shape[-2]
    seen = torch.ones(size, dtype=torch.bool, device=keys.device)
    seen = seen.tril(past)  # (queries, keys)
    if mask is None or mask.dtype == torch.bool:
        return seen if mask is None else seen & mask
    return torch.where(seen, mask, -math.inf)


# --8<-- [end:cache]


# --8<-- [start:biased]
def biased(bias):
    """Names of the projections that add a bias."""
    names = "query", "key", "value", "output"
    if isinstance(bias, bool):
        return names if bias else ()
    if isinstance(bias, str) or not set(bias) <= set(names):
        raise ValueError(f"bias is True, False or of {names}, not {bias!r}")
    return tuple(bias)


# --8<-- [end:biased]
