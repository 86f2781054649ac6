# SPDX-License-Identifier: MIT
# --8<-- [start:check]
import torch


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


def fits(shape, other, grows=False):
    """Return whether shape broadcasts to other; grows: or both grow."""
    pairs = zip(reversed(shape), reversed(other), strict=False)
    return all(n == m or n == 1 or (grows and m == 1) for n, m in pairs)


def shapes(query, key, value=None):
    names = {"query": query, "key": key, "value": value}
    if value is None:
        names = {"query": query, "key or value": key}
    return ", ".join(f"{name} {tuple(t.shape)}" for name, t in names.items())


# --8<-- [end:check]
