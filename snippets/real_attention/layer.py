# SPDX-License-Identifier: MIT
# --8<-- [start:layer]
from torch import nn

from snippets.real_attention.scaled_dot_product_attention import scaled_dot_product_attention


class MultiHeadAttention(nn.Module):
    """Multi-head attention, batch first, for self-attention and cross-attention.

    d_model: the width of the inputs and of the outputs; n_heads must divide it
    n_heads: heads of the queries, each of width d_k = d_model / n_heads
    n_kv_heads: heads of the keys and values; None for n_heads, 1 for multi-query attention
    bias: whether the four projections add a bias
    dropout: the share of the weights dropped while training, none in eval()
    scale: of the scores; None for 1/sqrt(d_k)
    """

    def __init__(self, d_model, n_heads, n_kv_heads=None, *, bias=True, dropout=0.0, scale=None):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if n_heads < 1 or d_model < 1 or d_model % n_heads:
            raise ValueError(f"d_model, {d_model}, is not divisible by n_heads, {n_heads}")
        if n_kv_heads < 1 or n_heads % n_kv_heads:
            raise ValueError(f"n_heads, {n_heads}, is not divisible by n_kv_heads, {n_kv_heads}")
        self.d_model, self.d_k = d_model, d_model // n_heads
        self.dropout, self.scale = dropout, scale
        self.w_query = nn.Linear(d_model, d_model, bias)
        self.w_key = nn.Linear(d_model, n_kv_heads * self.d_k, bias)
        self.w_value = nn.Linear(d_model, n_kv_heads * self.d_k, bias)
        self.w_output = nn.Linear(d_model, d_model, bias)

    def forward(self, x, context=None, mask=None, is_causal=False):
        """Outputs like x, (batch, length, d_model): x asks, and context, or else x, answers.

        mask: broadcasts to (batch, heads, queries, keys); True = may attend, or floats to add
        """
        context = x if context is None else context
        for name, t in {"x": x, "context": context}.items():
            if not t.is_floating_point():
                raise TypeError(f"{name} must be floating-point, not {t.dtype} {tuple(t.shape)}")
            if t.dim() < 2 or t.shape[-1] != self.d_model:
                raise ValueError(f"{name} is {tuple(t.shape)}, not (batch, length, {self.d_model})")
        outputs = scaled_dot_product_attention(
            self.split(self.w_query(x)),  # (batch, heads, queries, d_k)
            self.split(self.w_key(context)),  # (batch, kv_heads, keys, d_k)
            self.split(self.w_value(context)),  # (batch, kv_heads, keys, d_k)
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=is_causal,
            scale=self.scale,
            enable_gqa=True,
        )
        return self.w_output(outputs.transpose(-3, -2).flatten(-2))

    def split(self, projected):  # (batch, length, heads * d_k) -> (batch, heads, length, d_k)
        return projected.unflatten(-1, (-1, self.d_k)).transpose(-3, -2)


# --8<-- [end:layer]
