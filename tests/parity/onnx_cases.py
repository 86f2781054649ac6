# SPDX-License-Identifier: MIT
"""Compare the function with the cases of ONNX's Attention operator from the package onnx."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import torch
from onnx.backend.test.loader import load_model_tests
from torch import Tensor

from snippets.take_along.masks import both, padding, to_add
from snippets.take_along.multi_head_attention import (
    capped,
    masked,
    scaled_dot_product_attention,
)

CLOSE = {
    torch.float16: 2e-3,  # 16 bits are less precise
    torch.bfloat16: 2e-2,
    torch.float32: 2e-6,
    torch.float64: 2e-6,
}
INPUTS = "query", "key", "value", "attn_mask", "past_key", "past_value", "lengths"


def tensor(array: np.ndarray) -> Tensor:
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.astype(np.float32)).bfloat16()
    return torch.from_numpy(array.copy())


def cases() -> Iterator[tuple[str, dict[str, Any], dict[str, Tensor], list[Tensor | None]]]:
    """Yield the name of each case, its attributes, its inputs and its expected outputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = load_model_tests(kind="node")
    for case in found:
        if not case.name.startswith("test_attention_") or "expanded" in case.name:
            continue
        node = case.model.graph.node[0]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        given, expected = case.data_sets[0]
        queue, wanted = iter(given), iter(expected)
        named = {
            role: tensor(next(queue))
            for role, name in zip(INPUTS, node.input, strict=False)
            if name
        }
        outputs = [tensor(next(wanted)) if name else None for name in node.output]
        yield case.name, attributes, named, outputs


def split(x: Tensor, heads: int) -> Tensor:
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(options: dict[str, Any], given: dict[str, Tensor]) -> list[Tensor]:
    """Return the operator's results: outputs, all keys, all values, scores or weights."""
    query, key, value = (given[name] for name in INPUTS[:3])
    flat = query.dim() == 3
    if flat:
        query = split(query, options["q_num_heads"])
        key, value = (split(t, options["kv_num_heads"]) for t in (key, value))
    past = 0
    if "past_key" in given:
        past = given["past_key"].shape[-2]
        key = torch.cat([given["past_key"], key], dim=-2)
        value = torch.cat([given["past_value"], value], dim=-2)
    size = query.shape[-2], key.shape[-2]
    mask = seen(options, given, past, *size)
    scale = options.get("scale", 1 / math.sqrt(query.shape[-1]))
    softcap = options.get("softcap") or None  # 0 means no cap
    how = {"scale": scale, "enable_gqa": True, "softcap": softcap, "need_weights": True}
    outputs, weights = scaled_dot_product_attention(query, key, value, mask, **how)
    if flat:
        outputs = outputs.transpose(1, 2).flatten(2)
    mode = options.get("qk_matmul_output_mode", 0)
    shared = key.repeat_interleave(query.shape[1] // key.shape[1], dim=1)
    scores = query * scale @ shared.mT
    limited = capped(scores, softcap)
    return [outputs, key, value, (scores, limited, masked(limited, mask, False), weights)[mode]]


def seen(
    options: dict[str, Any], given: dict[str, Tensor], past: int, n: int, m: int
) -> Tensor | None:
    """Return all masks of a case as one: boolean, or additive if the case has an additive mask."""
    masks = []
    lengths = given.get("lengths")
    left, right = options.get("left_window_size", -1), options.get("right_window_size", -1)
    causal = options.get("is_causal", 0)
    if causal or left >= 0 or right >= 0:
        back = left if left >= 0 else None
        ahead = 0 if causal else right if right >= 0 else m
        ends = [past + n] if lengths is None else lengths.tolist()  # position of the last query
        masks.append(torch.stack([ending(n, m, end, back, ahead) for end in ends])[:, None])
    if lengths is not None:
        masks.append(padding(lengths, m))
    mask = both(*masks) if masks else None
    own = given.get("attn_mask")
    if own is None:
        return mask
    short = m - own.shape[-1]  # the mask may be shorter than the keys, which hides the rest
    hidden = False if own.dtype == torch.bool else -math.inf
    own = torch.nn.functional.pad(own, (0, short), value=hidden)
    own = own[None] if own.dim() == 3 else own  # (heads, queries, keys) broadcasts to the batch
    if mask is None:
        return own
    return own & mask if own.dtype == torch.bool else own + to_add(mask, own.dtype)


def ending(n: int, m: int, end: int, back: int | None, ahead: int) -> Tensor:
    """Return a window (n, m) whose last query is at key `end`, counted from 1."""
    distance = torch.arange(n)[:, None] + end - n - torch.arange(m)  # positive for earlier keys
    mask = distance >= -ahead
    return mask if back is None else mask & (distance <= back)


@torch.no_grad()
def compared() -> dict[str, Any]:
    """Return how many cases agree, which differ, and the largest difference in 32 bits."""
    agree, differ, largest = 0, [], 0.0
    for name, options, given, expected in cases():
        got = attend(options, given)
        pairs = [(g, e) for g, e in zip(got, expected, strict=False) if e is not None]
        worst = max(difference(g, e) for g, e in pairs)
        if worst <= max(CLOSE[e.dtype] for _, e in pairs):
            agree += 1
            if all(e.dtype == torch.float32 for _, e in pairs):
                largest = max(largest, worst)
        else:
            differ.append(f"{name}: {worst:.1e}")
    return {"agree": agree, "differ": differ, "largest": largest}


def difference(got: Tensor, expected: Tensor) -> float:
    """Return the largest difference, or infinity if shapes or infinite entries differ."""
    if got.shape != expected.shape:
        return math.inf
    got, expected = got.double(), expected.double()
    hidden = expected <= torch.finfo(torch.float16).min  # -inf, or the lowest number
    if not torch.equal(hidden, got <= torch.finfo(torch.float16).min):
        return math.inf
    return (got - expected)[~hidden].abs().max().item() if (~hidden).any() else 0.0
