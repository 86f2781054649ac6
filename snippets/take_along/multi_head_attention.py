# SPDX-License-Identifier: MIT
"""Attention as real models have it: a function, a layer, conversions.

    layer = MultiHeadAttention(d_model=64, n_heads=8, n_kv_heads=2)
    outputs = layer(x, is_causal=True)  # (batch, length, d_model)

In a mask of True and False, True = may attend. The dtype of the outputs is
that of the inputs; 16 bits are added up in 32, under autocast too.
"""

import math
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import nn


# ---- the function -----------------------------------------------------------
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


def one_per_query_head(grouped, query):
    """Repeat each head of a key or value for each query head it serves."""
    check_groups(grouped, query)
    share = query.shape[-3] // grouped.shape[-3]
    return grouped.repeat_interleave(share, dim=-3)  # (..., heads, keys, d)


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


# ---- the layer --------------------------------------------------------------
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


def biased(bias):
    """Names of the projections that add a bias."""
    names = "query", "key", "value", "output"
    if isinstance(bias, bool):
        return names if bias else ()
    if isinstance(bias, str) or not set(bias) <= set(names):
        raise ValueError(f"bias is True, False or of {names}, not {bias!r}")
    return tuple(bias)


# ---- conversions ------------------------------------------------------------
@torch.no_grad()
def load_separate(layer, query, key, value, output):
    """Load the weights of four nn.Linear, one for each projection."""
    own = layer.w_query, layer.w_key, layer.w_value, layer.w_output
    for part, theirs in zip(own, (query, key, value, output), strict=True):
        part.load_state_dict(theirs.state_dict())
    return layer


@torch.no_grad()
def load_packed(layer, weight, bias=None):
    """Load the query, key and value projections from one matrix.

    weight: ((n_heads + 2 * n_kv_heads) * d_k, d_model), queries, keys, values
        in this order, as nn.Linear keeps them; transpose that of a GPT-2
    """
    parts = layer.w_query, layer.w_key, layer.w_value
    if any((part.bias is None) != (bias is None) for part in parts):
        words = "the layer and the packed projection"
        raise ValueError(f"{words} need a bias both, or neither")
    sizes = [part.out_features for part in parts]
    for part, rows in zip(parts, weight.split(sizes), strict=True):
        part.weight.copy_(rows)
    if bias is not None:
        for part, numbers in zip(parts, bias.split(sizes), strict=True):
            part.bias.copy_(numbers)
    return layer


def from_torch(module):
    """MultiHeadAttention equal to a torch module; its inputs are batch first."""
    odd = module.in_proj_weight is None, module.bias_k is not None
    if any(odd) or module.add_zero_attn:
        words = "kdim, vdim, add_bias_kv and add_zero_attn"
        raise ValueError(f"{words} have no counterpart here")
    layer = MultiHeadAttention(
        module.embed_dim,
        module.num_heads,
        bias=module.in_proj_bias is not None,
        dropout=module.dropout,
    )
    layer = layer.to(module.in_proj_weight).train(module.training)
    layer.w_output.load_state_dict(module.out_proj.state_dict())
    return load_packed(layer, module.in_proj_weight, module.in_proj_bias)


@torch.no_grad()
def as_torch(layer):
    """The nn.MultiheadAttention equal to layer, batch first."""
    projections = layer.w_query, layer.w_key, layer.w_value, layer.w_output
    biases = {part.bias is not None for part in projections}
    odd = layer.n_heads * layer.d_k != layer.d_model, layer.adjust is not None
    if any(odd) or len(biases) > 1:
        raise ValueError(
            "nn.MultiheadAttention has heads of d_model / n_heads, a bias for all "
            "projections or none, and no hook for queries and keys",
        )
    module = nn.MultiheadAttention(
        layer.d_model,
        layer.n_heads,
        dropout=layer.dropout,
        bias=biases == {True},
        batch_first=True,
    )
    module = module.to(layer.w_query.weight).train(layer.training)
    module.in_proj_weight.copy_(packed(layer, "weight"))
    if module.in_proj_bias is not None:
        module.in_proj_bias.copy_(packed(layer, "bias"))
    module.out_proj.load_state_dict(layer.w_output.state_dict())
    return module


def packed(layer, name):
    """Stack weights or biases; those of the queries get the scale."""
    scale = 1 / math.sqrt(layer.d_k) if layer.scale is None else layer.scale
    parts = [getattr(layer.w_query, name) * scale * math.sqrt(layer.d_k)]
    for projection in (layer.w_key, layer.w_value):
        heads = getattr(projection, name).unflatten(0, (-1, layer.d_k))
        share = layer.n_heads // layer.n_kv_heads
        parts.append(heads.repeat_interleave(share, dim=0).flatten(0, 1))
    return torch.cat(parts)


# ---- checks of the arguments ------------------------------------------------
def check_tensors(query, key, value, attn_mask, dropout_p=0.0):
    """Raise an error if the tensors do not fit."""
    three = query, key, value
    if any(t.is_nested for t in three):
        raise TypeError("pad nested tensors, and mask the padding")
    one_dtype = query.dtype == key.dtype == value.dtype
    if not query.is_floating_point() or not one_dtype:
        dtypes = f"{query.dtype}, {key.dtype} and {value.dtype}"
        raise TypeError(
            f"query, key and value need one floating-point dtype, not {dtypes}",
        )
    if min(t.dim() for t in three) < 2:
        raise ValueError(f"each needs two axes or more: {shapes(*three)}")
    if query.shape[-1] != key.shape[-1]:
        words = "d_k, the last axis of query and key, differs"
        raise ValueError(f"{words}: {shapes(*three)}")
    if key.shape[-2] != value.shape[-2]:
        words = "the number of keys and of values differs"
        raise ValueError(f"{words}: {shapes(*three)}")
    leading = [t.shape[:-2] for t in three]
    pairs = [(one, other) for one in leading for other in leading]
    if not all(fits(one, other, grows=True) for one, other in pairs):
        raise ValueError(f"leading axes do not broadcast: {shapes(*three)}")
    check_dropout(dropout_p)
    if attn_mask is not None:
        batch = torch.broadcast_shapes(*leading[:2])
        scores = *batch, query.shape[-2], key.shape[-2]
        check_attn_mask(attn_mask, scores, query.dtype)


def check_attn_mask(attn_mask, scores, dtype):
    """Raise an error if the mask does not fit the scores' shape or the dtype."""
    kind = type(attn_mask)  # known by its name: importing CausalBias takes a second
    if not issubclass(kind, torch.Tensor) or kind.__name__ == "CausalBias":
        raise TypeError(
            f"attn_mask is a {kind.__name__}: it needs to be a plain "
            "tensor, such as torch.ones(n, m, dtype=torch.bool).tril(m - n) for "
            "n queries and m keys",
        )
    if attn_mask.dtype not in (torch.bool, torch.float32, dtype):
        floats = "torch.float32"
        floats += "" if dtype == torch.float32 else f" or {dtype}, like query"
        raise TypeError(
            f"attn_mask is {attn_mask.dtype}: it needs to be torch.bool "
            f"(True = may attend), or {floats}, to be added to the scores",
        )
    if attn_mask.dim() > len(scores) or not fits(attn_mask.shape, scores):
        raise ValueError(
            f"attn_mask {tuple(attn_mask.shape)} does not broadcast to the "
            f"scores, (..., queries, keys) = {tuple(scores)}",
        )
    check_which_axis(attn_mask, scores)


def check_which_axis(attn_mask, scores):
    """Raise ValueError if a mask may be for examples or for heads."""
    three_of_four = len(scores) == 4 and attn_mask.dim() == 3
    if three_of_four and 1 < scores[0] == scores[1] == attn_mask.shape[0]:
        raise ValueError(
            f"attn_mask {tuple(attn_mask.shape)} is for {scores[0]} examples or "
            f"{scores[1]} heads: give it 4 axes, mask[:, None] or mask[None]",
        )


def check_groups(grouped, query):
    """Raise ValueError unless query heads can share these heads evenly."""
    if min(query.dim(), grouped.dim()) < 3:
        words = "enable_gqa needs an axis of heads"
        raise ValueError(f"{words}: {shapes(query, grouped)}")
    heads, groups = query.shape[-3], grouped.shape[-3]
    if groups == 0 or heads % groups:
        raise ValueError(
            f"{heads} heads of query cannot share {groups} heads of key or value "
            f"evenly: {shapes(query, grouped)}",
        )


def check_dropout(share):
    if not 0 <= share <= 1:
        words = "dropout is a share of the weights, 0 to 1"
        raise ValueError(f"{words}, not {share}")


def check_heads(d_model, n_heads, n_kv_heads, d_k=None):
    """Raise an error unless the sizes divide evenly."""
    numbers = {"d_model": d_model, "n_heads": n_heads, "n_kv_heads": n_kv_heads}
    for name, number in {**numbers, "d_k": 1 if d_k is None else d_k}.items():
        if not isinstance(number, int):
            raise TypeError(f"{name} is a whole number, not {number!r}")
    if n_heads < 1 or d_model < 1 or (d_k is None and d_model % n_heads):
        words = f"is not divisible by n_heads, {n_heads}"
        raise ValueError(f"d_model, {d_model}, {words}")
    if n_kv_heads < 1 or n_heads % n_kv_heads:
        words = f"is not divisible by n_kv_heads, {n_kv_heads}"
        raise ValueError(f"n_heads, {n_heads}, {words}")
    if d_k is not None and d_k < 1:
        raise ValueError(f"d_k, {d_k}, is not the width of a head")


def check_inputs(layer, mask, **inputs):
    """Raise an error if inputs or mask do not fit."""
    dtype = layer.w_query.weight.dtype
    for name, t in inputs.items():
        if not t.is_floating_point():
            words = f"floating-point, not {t.dtype} {tuple(t.shape)}"
            raise TypeError(f"{name} must be {words}")
        if t.dtype != dtype and not autocasts(t.device.type):
            raise TypeError(f"{name} is {t.dtype}, the layer is {dtype}")
        if t.dim() < 2 or t.shape[-1] != layer.d_model:
            words = f"{tuple(t.shape)}, not (batch, length, {layer.d_model})"
            raise ValueError(f"{name} is {words}")
    batch = inputs["x"].shape[:-2]
    if isinstance(mask, torch.Tensor) and len(batch) == 1:
        check_which_axis(mask, (*batch, layer.n_heads, 0, 0))


def fits(shape, other, grows=False):
    """Return whether shape broadcasts to other; grows: or both grow."""
    pairs = zip(reversed(shape), reversed(other), strict=False)
    return all(n == m or n == 1 or (grows and m == 1) for n, m in pairs)


def shapes(query, key, value=None):
    names = {"query": query, "key": key, "value": value}
    if value is None:
        names = {"query": query, "key or value": key}
    return ", ".join(f"{name} {tuple(t.shape)}" for name, t in names.items())
