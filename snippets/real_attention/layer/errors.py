# SPDX-License-Identifier: MIT
# --8<-- [start:check_layer]
import torch

from snippets.real_attention.function.errors import check_which_axis
from snippets.real_attention.function.scaled_dot_product_attention import autocasts


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


# --8<-- [end:check_layer]
