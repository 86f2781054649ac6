# SPDX-License-Identifier: MIT
# --8<-- [start:masked]
import math
from contextlib import nullcontext

import torch
import torch.nn.functional as F

from snippets.real_attention.function.errors import check_groups, check_tensors


def masked(scores, attn_mask, is_causal):
    """Scores, with -inf where a query may not attend."""
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    if is_causal:
        seen = torch.ones(scores.shape[-2:], device=scores.device)
        past = seen.tril().bool()  # (queries, keys)
        scores = scores.masked_fill(~past, -math.inf)
    return scores


def capped(scores, softcap):
    """The scores, squeezed smoothly between -softcap and softcap."""
    return scores if softcap is None else softcap * (scores / softcap).tanh()


def softmax(scores):
    """Weights of the keys; 0 for a query that may attend to no key."""
    no_key = scores.isneginf().all(dim=-1, keepdim=True)  # (..., queries, 1)
    weights = scores.masked_fill(no_key, 0).softmax(dim=-1)
    return weights.masked_fill(no_key, 0)  # (..., queries, keys)


# --8<-- [end:masked]


# --8<-- [start:one_per_query_head]
def one_per_query_head(grouped, query):
    """Repeat each head of a key or value for each query head it serves."""
    check_groups(grouped, query)
    share = query.shape[-3] // grouped.shape[-3]
    return grouped.repeat_interleave(share, dim=-3)  # (..., heads, keys, d)


# --8<-- [end:one_per_query_head]


# --8<-- [start:autocast]
def as_autocast(query, *others):
    """Tensors, cast as autocast does for torch's function."""
    if not autocasts(query.device.type):
        return query, *others
    dtype = torch.get_autocast_dtype(query.device.type)
    narrow = torch.float16, torch.bfloat16, torch.float32
    return [t.to(dtype) if t.dtype in narrow else t for t in (query, *others)]


def without_autocast(device):
    """Context without autocast, which would go back to 16 bits."""
    if autocasts(device):
        return torch.autocast(device, enabled=False)
    return nullcontext()


def autocasts(device):
    return device != "meta" and torch.is_autocast_enabled(device)


# --8<-- [end:autocast]


# --8<-- [start:function]
def scaled_dot_product_attention(
    query,  # (..., queries, d_k)
    key,  # (..., keys, d_k)
    value,  # (..., keys, d_v)
    attn_mask=None,  # broadcasts to (..., queries, keys), True: may attend, or added
    dropout_p=0.0,  # the share of the weights to drop, in training or not
    is_causal=False,  # query i sees keys 1 to i; attn_mask applies too
    scale=None,  # of the scores; None: 1/sqrt(d_k)
    enable_gqa=False,  # heads of key and value serve groups of query heads
    *,
    softcap=None,  # keeps scores between -softcap and softcap, as in Gemma 2
    need_weights=False,  # returns (outputs, weights before dropout)
):
    """Compute F.scaled_dot_product_attention, with its names and masks.

    returns: (..., queries, d_v), 0 where a query may attend to no key,
        in the dtype of the query, or in that of autocast
    raises: TypeError for a wrong dtype, ValueError for a wrong shape
    memory: twice the scores at the peak, three times with a mask or gradients
    """
    query, key, value = as_autocast(query, key, value)
    if enable_gqa:
        key = one_per_query_head(key, query)
        value = one_per_query_head(value, query)
    check_tensors(query, key, value, attn_mask, dropout_p)
    wide = torch.promote_types(query.dtype, torch.float32)  # 16 bits round
    scale = 1 / math.sqrt(max(1, query.shape[-1])) if scale is None else scale
    with without_autocast(query.device.type):
        scores = query.to(wide) * scale @ key.to(wide).mT
        scores = capped(scores, softcap)
        scores = masked(scores, attn_mask, is_causal)  # (..., queries, keys)
        weights = scores.softmax(dim=-1) if attn_mask is None else softmax(scores)
        dropped = F.dropout(weights, dropout_p) if dropout_p else weights
        outputs = dropped @ value.to(wide)  # (..., queries, d_v)
    if need_weights:
        return outputs.to(query.dtype), weights.to(query.dtype)
    return outputs.to(query.dtype)


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
    mask[1] = False  # query 2 sees no key
    outputs = scaled_dot_product_attention(*three, mask, is_causal=True)
    print("outputs:", outputs, sep="\n")
    # --8<-- [end:no_key]
