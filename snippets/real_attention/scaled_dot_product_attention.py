# SPDX-License-Identifier: MIT
# --8<-- [start:masked]
import math

import torch
import torch.nn.functional as F

from snippets.real_attention.attention_errors import check, shapes


def masked(scores, attn_mask, is_causal):
    """The scores, -inf wherever a query may not attend."""
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        scores = scores.masked_fill(~past, -math.inf)
    return scores


# --8<-- [end:masked]
# --8<-- [start:one_per_query_head]
def one_per_query_head(grouped, query):
    """Repeats each head of a key or value, (..., groups, keys, d), for the queries it serves."""
    if min(query.dim(), grouped.dim()) < 3:
        raise ValueError(
            f"enable_gqa needs an axis of heads: {shapes(query=query, grouped=grouped)}"
        )
    heads, groups = query.shape[-3], grouped.shape[-3]
    if groups == 0 or heads % groups:
        raise ValueError(
            f"{heads} heads of query cannot share {groups} heads of key or value evenly: "
            f"{shapes(query=query, grouped=grouped)}"
        )
    return grouped.repeat_interleave(heads // groups, dim=-3)


# --8<-- [end:one_per_query_head]
# --8<-- [start:function]
def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False
):
    """What F.scaled_dot_product_attention computes, with its names, shapes and masks.

    query: (..., heads, queries, d_k); key: (..., heads, keys, d_k); value: (..., heads, keys, d_v)
    attn_mask: broadcasts to (..., heads, queries, keys); boolean (True = may attend) or added
    dropout_p: the share of the weights to drop, in training or not
    is_causal: query i may attend to the first i keys, counted from 1; with attn_mask, both hold
    scale: of the scores; 1/sqrt(d_k) where it is None
    enable_gqa: key and value have fewer heads; each serves a group of neighboring query heads
    returns: (..., heads, queries, d_v), like query in dtype; 0 where a query may attend to no key
    raises: TypeError for a dtype, ValueError for a shape, both in words
    """
    if enable_gqa:
        key, value = one_per_query_head(key, query), one_per_query_head(value, query)
    check(query, key, value, attn_mask)
    wide = torch.promote_types(query.dtype, torch.float32)  # a sum in 16 bits loses digits
    scale = 1 / math.sqrt(max(1, query.shape[-1])) if scale is None else scale
    scores = query.to(wide) @ key.to(wide).transpose(-2, -1) * scale  # (..., queries, keys)
    scores = masked(scores, attn_mask, is_causal)
    no_key = scores.isneginf().all(dim=-1, keepdim=True)  # (..., queries, 1)
    weights = scores.masked_fill(no_key, 0).softmax(dim=-1).masked_fill(no_key, 0)
    if dropout_p:
        weights = F.dropout(weights, dropout_p)
    return (weights @ value.to(wide)).to(query.dtype)  # (..., queries, d_v)


# --8<-- [end:function]
if __name__ == "__main__":
    # --8<-- [start:compare]
    from snippets.walkthrough.queries_keys_values import keys, queries, values

    print(scaled_dot_product_attention(queries, keys, values, is_causal=True))
    print(F.scaled_dot_product_attention(queries, keys, values, is_causal=True))
    # --8<-- [end:compare]
    # --8<-- [start:no_key]
    mask = torch.tensor([[True, True, True], [False, False, False], [True, True, True]])
    print(scaled_dot_product_attention(queries, keys, values, mask, is_causal=True))
    # --8<-- [end:no_key]
