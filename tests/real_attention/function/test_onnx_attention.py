# SPDX-License-Identifier: MIT
"""The function agrees with ONNX's Attention operator, computed independently from its definition.

https://onnx.ai/onnx/operators/onnx__Attention.html. Options without a counterpart are left out:
softcap, windows, and is_causal counted from the end of a cache.
"""

from itertools import product

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)

HEADS = {"plain": (3, 3, 8), "grouped": (9, 3, 8), "wide values": (3, 3, 10)}
MASKS = {
    "none": None,
    "2 axes": (4, 6),
    "one for all heads": (2, 1, 4, 6),
    "each head": (2, 3, 4, 6),
}


def by_definition(query, key, value, mask, is_causal, scale):
    """Compute weight by weight in float64. Heads of keys and values are looked up, not repeated."""
    batch, heads, queries = query.shape[:3]
    groups, keys = key.shape[1:3]
    outputs = np.zeros((batch, heads, queries, value.shape[-1]))
    for b, h, q in np.ndindex(batch, heads, queries):
        group = h // (heads // groups)
        scores = key[b, group].astype(float) @ query[b, h, q] * scale
        if mask is not None:
            row = np.broadcast_to(mask, (batch, heads, queries, keys))[b, h, q]
            scores = np.where(row, scores, -np.inf) if mask.dtype == bool else scores + row
        if is_causal:
            scores[q + 1 :] = -np.inf
        if scores.max() > -np.inf:  # otherwise all keys are hidden, and the output is 0
            powers = np.exp(scores - scores.max())
            outputs[b, h, q] = powers / powers.sum() @ value[b, group]
    return outputs


def cases():
    """Yield each kind of heads with each mask, twice, so that all pairs of other settings occur."""
    meetings = ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0))
    for number, (heads, mask) in enumerate(product(HEADS, MASKS)):
        for flip in (0, 1):
            kind, causal, scale = (bit ^ flip for bit in meetings[(number + number // 4) % 4])
            yield heads, mask, (bool, np.float32)[kind], bool(causal), (None, 1e-2)[scale]


@pytest.mark.parametrize(("heads", "mask", "kind", "is_causal", "scale"), [*cases()])
def test_the_outputs_are_those_of_the_definition(heads, mask, kind, is_causal, scale):
    random = np.random.default_rng(0)
    query_heads, groups, d_v = HEADS[heads]
    query = random.random((2, query_heads, 4, 8), np.float32)
    key, value = (
        random.random((2, groups, 6, 8), np.float32),
        random.random((2, groups, 6, d_v), np.float32),
    )
    attn_mask = None
    if MASKS[mask]:
        shape = (2, query_heads, 4, 6) if mask == "each head" else MASKS[mask]
        attn_mask = random.random(shape, np.float32)
        attn_mask = attn_mask > 0.5 if kind is bool else attn_mask
        if kind is bool:
            attn_mask[..., 1, :] = False  # a row without visible keys
    expected = by_definition(query, key, value, attn_mask, is_causal, scale or 8**-0.5)
    tensors = [torch.from_numpy(array) for array in (query, key, value)]
    outputs = scaled_dot_product_attention(
        *tensors,
        None if attn_mask is None else torch.from_numpy(attn_mask),
        is_causal=is_causal,
        scale=scale,
        enable_gqa=True,
    )
    assert_close(outputs.double(), torch.from_numpy(expected), rtol=1e-5, atol=1e-6)


def test_a_cache_works_as_more_keys_with_a_full_causal_mask():
    random = np.random.default_rng(0)
    query = random.random((2, 3, 4, 8), np.float32)
    key, value = random.random((2, 2, 3, 18, 8), np.float32)  # 12 cached, 6 new
    mask = np.tril(np.ones((4, 18), bool), 12)
    expected = by_definition(query, key, value, mask, False, 8**-0.5)
    outputs = scaled_dot_product_attention(*map(torch.from_numpy, (query, key, value, mask)))
    assert_close(outputs.double(), torch.from_numpy(expected), rtol=1e-5, atol=1e-6)
