# SPDX-License-Identifier: MIT
# --8<-- [start:first]
from torch import nn

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)


class FirstLayer(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0):
        super().__init__()
        self.d_k, self.dropout = d_model // n_heads, dropout
        self.w_query = nn.Linear(d_model, d_model)
        self.w_key = nn.Linear(d_model, d_model)
        self.w_value = nn.Linear(d_model, d_model)
        self.w_output = nn.Linear(d_model, d_model)

    def forward(self, x, context=None, *, mask=None, is_causal=False):
        context = x if context is None else context  # (..., keys, d_model)
        queries = self.split(self.w_query(x))  # (..., heads, queries, d_k)
        keys = self.split(self.w_key(context))
        values = self.split(self.w_value(context))
        dropout = self.dropout if self.training else 0.0
        three = queries, keys, values
        outputs = scaled_dot_product_attention(*three, mask, dropout, is_causal)
        return self.w_output(outputs.transpose(-3, -2).flatten(-2))

    def split(self, projected):  # (..., length, heads * d_k)
        by_head = projected.unflatten(-1, (-1, self.d_k))
        return by_head.transpose(-3, -2)  # (..., heads, length, d_k)


# --8<-- [end:first]
