# SPDX-License-Identifier: MIT
# --8<-- [start:layer]
from torch import nn

from snippets.real_attention.layer.errors import check_heads, check_inputs
from snippets.real_attention.layer.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)


class MultiHeadAttention(nn.Module):
    """Self-attention and cross-attention with heads, batch first."""

    def __init__(
        self,
        d_model,  # the width of inputs and outputs
        n_heads,  # of the queries, each d_k = d_model / n_heads wide
        n_kv_heads=None,  # of the keys and values; None: n_heads
        *,
        bias=True,  # whether the four projections add one
        dropout=0.0,  # the share of weights dropped in training
        scale=None,  # of the scores; None: 1/sqrt(d_k)
    ):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        check_heads(d_model, n_heads, n_kv_heads)
        self.d_model, self.d_k = d_model, d_model // n_heads
        self.dropout, self.scale = dropout, scale
        self.w_query = nn.Linear(d_model, d_model, bias)
        self.w_key = nn.Linear(d_model, n_kv_heads * self.d_k, bias)
        self.w_value = nn.Linear(d_model, n_kv_heads * self.d_k, bias)
        self.w_output = nn.Linear(d_model, d_model, bias)

    def forward(self, x, context=None, mask=None, is_causal=False):
        """x asks; context, or else x, answers: (batch, length, d_model).

        mask: broadcasts to (batch, heads, queries, keys);
            True = may attend, or floats to add
        returns: outputs, shaped like x
        """
        context = x if context is None else context
        check_inputs(self.d_model, x=x, context=context)
        outputs = scaled_dot_product_attention(
            self.split(self.w_query(x)),  # (..., heads, queries, d_k)
            self.split(self.w_key(context)),  # (..., kv_heads, keys, d_k)
            self.split(self.w_value(context)),  # (..., kv_heads, keys, d_k)
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=is_causal,
            scale=self.scale,
            enable_gqa=True,
        )
        return self.w_output(outputs.transpose(-3, -2).flatten(-2))

    def split(self, projected):  # (..., length, heads * d_k)
        by_head = projected.unflatten(-1, (-1, self.d_k))
        return by_head.transpose(-3, -2)  # (..., heads, length, d_k)


# --8<-- [end:layer]
