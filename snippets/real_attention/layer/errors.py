# SPDX-License-Identifier: MIT
# --8<-- [start:check]
import torch


def check_tensors(query, key, value, attn_mask):
    """Refuses, in words, what does not fit together."""
    told = shapes(query=query, key=key, value=value)
    dtypes = f"{query.dtype}, {key.dtype} and {value.dtype}"
    one_dtype = query.dtype == key.dtype == value.dtype
    if not query.is_floating_point() or not one_dtype:
        raise TypeError(
            f"query, key and value need one floating-point dtype, not {dtypes}",
        )
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise ValueError(f"each needs two axes or more: {told}")
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"d_k, the last axis of query and key, differs: {told}")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"the number of keys and of values differs: {told}")
    leading = query.shape[:-2], key.shape[:-2], value.shape[:-2]
    pairs = [(one, other) for one in leading for other in leading]
    if not all(fits(one, other, grows=True) for one, other in pairs):
        raise ValueError(f"leading axes do not broadcast: {told}")
    if attn_mask is not None:
        batch = (torch.empty(leading[0]) + torch.empty(leading[1])).shape
        scores = *batch, query.shape[-2], key.shape[-2]
        check_attn_mask(attn_mask, scores, query.dtype)


def check_attn_mask(attn_mask, scores, dtype):
    """Refuses a mask that is not for these scores, from a query of this dtype."""
    if attn_mask.dtype not in (torch.bool, torch.float32, dtype):
        raise TypeError(
            f"attn_mask is {attn_mask.dtype}: it needs to be torch.bool "
            f"(True = may attend), or torch.float32 or {dtype}, like query, "
            "to be added to the scores"
        )
    if attn_mask.dim() > len(scores) or not fits(attn_mask.shape, scores):
        raise ValueError(
            f"attn_mask {tuple(attn_mask.shape)} does not broadcast to the "
            f"scores, (..., queries, keys) = {tuple(scores)}"
        )


def fits(shape, other, grows=False):
    """Whether a shape broadcasts to another, which grows too where it may."""
    pairs = zip(reversed(shape), reversed(other), strict=False)  # one is shorter
    return all(n == m or n == 1 or (grows and m == 1) for n, m in pairs)


def shapes(**tensors):
    return ", ".join(f"{name} {tuple(t.shape)}" for name, t in tensors.items())


# --8<-- [end:check]


# --8<-- [start:check_layer]
def check_heads(d_model, n_heads, n_kv_heads):
    """Refuses numbers of heads that do not share evenly."""
    if n_heads < 1 or d_model < 1 or d_model % n_heads:
        words = f"is not divisible by n_heads, {n_heads}"
        raise ValueError(f"d_model, {d_model}, {words}")
    if n_kv_heads < 1 or n_heads % n_kv_heads:
        words = f"is not divisible by n_kv_heads, {n_kv_heads}"
        raise ValueError(f"n_heads, {n_heads}, {words}")


def check_inputs(d_model, **inputs):
    """Refuses what a layer of this width does not take."""
    for name, t in inputs.items():
        shape = tuple(t.shape)
        if not t.is_floating_point():
            words = f"floating-point, not {t.dtype} {shape}"
            raise TypeError(f"{name} must be {words}")
        if t.dim() < 2 or t.shape[-1] != d_model:
            raise ValueError(f"{name} is {shape}, not (batch, length, {d_model})")


# --8<-- [end:check_layer]
