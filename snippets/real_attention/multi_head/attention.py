# SPDX-License-Identifier: MIT
from snippets.real_attention.masking.attention import attention


# --8<-- [start:split_heads]
def split_heads(x, n_heads):
    *leading, n, d_model = x.shape
    if d_model % n_heads:
        raise ValueError(f"{d_model} numbers do not make {n_heads} heads")
    d_k = d_model // n_heads
    by_head = x.view(*leading, n, n_heads, d_k)  # (..., n, heads, d_k)
    return by_head.transpose(-3, -2)  # (..., heads, n, d_k)


# --8<-- [end:split_heads]


# --8<-- [start:merge_heads]
def merge_heads(x):
    *leading, n_heads, n, d_v = x.shape
    by_input = x.transpose(-3, -2)  # (..., n, heads, d_v)
    return by_input.reshape(*leading, n, n_heads * d_v)  # (..., n, d_model)


# --8<-- [end:merge_heads]


# --8<-- [start:multi_head_attention]
def multi_head_attention(
    x,
    w_query,
    w_key,
    w_value,
    w_output,
    n_heads,
    mask=None,
):
    queries = split_heads(x @ w_query, n_heads)  # (..., heads, n, d_k)
    keys = split_heads(x @ w_key, n_heads)  # (..., heads, n, d_k)
    values = split_heads(x @ w_value, n_heads)  # (..., heads, n, d_v)
    heads = attention(queries, keys, values, mask)  # (..., heads, n, d_v)
    return merge_heads(heads) @ w_output  # (..., n, d_model)


# --8<-- [end:multi_head_attention]
