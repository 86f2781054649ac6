# SPDX-License-Identifier: MIT
# --8<-- [start:masked]
import math

import torch
import torch.nn.functional as F

from snippets.real_attention.layer.errors import check_tensors, shapes


def masked(scores, attn_mask, is_causal):
    """The scores, -inf wherever a query may not attend."""
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    if is_causal:
        past = torch.ones_like(scores, dtype=torch.bool).tril()
        scores = scores.masked_fill(~past, -math.inf)
    return scores


# --8<-- [end:masked]


# --8<-- [start:one_per_query_head]
def one_per_query_head(grouped, query):
    """Repeats each head of a key or value for the queries that it serves."""
    told = shapes(query=query, grouped=grouped)
    if min(query.dim(), grouped.dim()) < 3:
        raise ValueError(f"enable_gqa needs an axis of heads: {told}")
    heads, groups = query.shape[-3], grouped.shape[-3]
    if groups == 0 or heads % groups:
        raise ValueError(
            f"{heads} heads of query cannot share {groups} heads of key or value evenly: {told}",
        )
    return grouped.repeat_interleave(heads // groups, dim=-3)  # (..., heads, keys, d)


# --8<-- [end:one_per_query_head]


# --8<-- [start:function]
def scaled_dot_product_attention(
    query,  # (..., queries, d_k)
    key,  # (..., keys, d_k)
    value,  # (..., keys, d_v)
    attn_mask=None,  # broadcasts to (..., queries, keys), True: may attend, or added
    dropout_p=0.0,  # the share of the weights to drop, in training or not
    is_causal=False,  # query i may attend to keys 1 to i; attn_mask holds
    scale=None,  # of the scores; None: 1/sqrt(d_k)
    enable_gqa=False,  # heads of key and value serve groups of query heads
):
    """What F.scaled_dot_product_attention computes, with its names and masks.

    returns: (..., heads, queries, d_v), 0 where a query may attend to no key
    raises: TypeError for a dtype, ValueError for a shape, both in words
    """
    if enable_gqa:
        key = one_per_query_head(key, query)
        value = one_per_query_head(value, query)
    check_tensors(query, key, value, attn_mask)
    wide = torch.promote_types(query.dtype, torch.float32)  # 16 bits lose some
    scale = 1 / math.sqrt(max(1, query.shape[-1])) if scale is None else scale
    scores = query.to(wide) @ key.to(wide).mT * scale  # (..., queries, keys)
    scores = masked(scores, attn_mask, is_causal)
    no_key = scores.isneginf().all(dim=-1, keepdim=True)  # (..., queries, 1)
    weights = scores.masked_fill(no_key, 0).softmax(dim=-1)
    weights = weights.masked_fill(no_key, 0)  # (..., queries, keys)
    if dropout_p:
        weights = F.dropout(weights, dropout_p)
    return (weights @ value.to(wide)).to(query.dtype)  # (..., queries, d_v)


# --8<-- [end:function]

if __name__ == "__main__":
    # --8<-- [start:compare]
    from snippets.walkthrough.queries_keys_values import keys, queries, values

    torch.set_printoptions(sci_mode=False)  # no powers of ten
    three = queries, keys, values
    ours = scaled_dot_product_attention(*three, is_causal=True)
    theirs = F.scaled_dot_product_attention(*three, is_causal=True)
    print("ours:", ours, "PyTorch's:", theirs, sep="\n")
    # --8<-- [end:compare]

    # --8<-- [start:no_key]
    mask = torch.ones(3, 3, dtype=torch.bool)
    mask[1] = False  # nothing for query 2
    print(scaled_dot_product_attention(*three, mask, is_causal=True))
    # --8<-- [end:no_key]
