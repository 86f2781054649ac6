# SPDX-License-Identifier: MIT
"""Planted mistakes in the attention of the model each change its logits.

The logits of the first two blocks are compared with those of the file to take along, which is
independent code with the same weights: for a whole text, in parts with a cache, and in a batch.
"""

from __future__ import annotations

import inspect
import math
import types

import pytest
import torch
import torch.nn.functional as F

from snippets.language_model import model as original
from snippets.real_attention.rotary.rotary import rotate, rotate_halves
from snippets.take_along.language_model import LanguageModel as Reference

SIZES = {"n_blocks": 2, "n_heads": 9, "n_kv_heads": 3, "base": 100_000.0, "epsilon": 1e-5}
IDS = torch.tensor([504, 3575, 282, 4649, 314, 7042, 28, 284])

CHANGES = {  # a text that occurs once, and the mistake that replaces it
    "the mask one key too far": (".tril(past)", ".tril(past + 1)"),
    "the mask without its own key": (".tril(past)", ".tril(past - 1)"),
    "the mask of the top left": (".tril(past)", ".tril()"),
    "the mask of the future": (".tril(past)", ".triu(past)"),
    "no mask": ("self.attend(q, k, v, mask)", "self.attend(q, k, v)"),
    "positions from 0 in each call": ("torch.arange(past, past + length)", "torch.arange(length)"),
    "positions one late after a cache": (
        "torch.arange(past, past + length)",
        "torch.arange(past, past + length) + (past > 0)",
    ),
    "positions twice as far": (
        "torch.arange(past, past + length)",
        "2 * torch.arange(past, past + length)",
    ),
    "positions backward": (
        "torch.arange(past, past + length)",
        "-torch.arange(past, past + length)",
    ),
    "keys not turned": ("turn(k, positions, BASE)", "k"),
    "queries not turned": ("turn(q, positions, BASE)", "q"),
    "values turned too": ("turn(k, positions, BASE), v", "turn(k, positions, BASE), turn(v, positions, BASE)"),
    "the base of the paper": ("turn(k, positions, BASE)", "turn(k, positions, 10_000)"),
    "new keys before those of the cache": ("(torch.cat(pair, dim=-2) for", "(torch.cat(pair[::-1], dim=-2) for"),
    "new keys kept as values": ("(keys, values), strict", "(keys, keys), strict"),
    "heads merged without a transpose": ("out.transpose(-3, -2).flatten(-2)", "out.flatten(-3).unflatten(-1, (length, -1))"),
    "keys and values exchanged": ('own["attn_k"], own["attn_v"]', 'own["attn_v"], own["attn_k"]'),
}  # fmt: skip


def unscaled(q, k, v, mask, enable_gqa):
    return F.scaled_dot_product_attention(q, k, v, mask, enable_gqa=True, scale=1.0)


def dealt(q, k, v, mask, enable_gqa):
    k, v = (torch.cat([t] * 3, dim=-3) for t in (k, v))
    return F.scaled_dot_product_attention(q, k, v, mask)


def softmax_over_queries(q, k, v, mask, enable_gqa):
    k, v = (t.repeat_interleave(3, dim=-3) for t in (k, v))
    scores = (q @ k.mT / 8).masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-2).nan_to_num() @ v


def turned_one_way(x, positions, base):
    return rotate(x, -positions if x.shape[-3] == 3 else positions, base)


OPTIONS = {
    "halves are pairs": {"turn": rotate_halves},
    "turned the other way for keys alone": {"turn": turned_one_way},
    "no scale": {"attend": unscaled},
    "heads dealt out like cards": {"attend": dealt},
    "a softmax over the queries": {"attend": softmax_over_queries},
}


@pytest.fixture(scope="module")
def expected(weights):
    return Reference(weights, None, SIZES)(IDS)


def changed(old, new):
    """Return the model's module with one change in its source."""
    source = inspect.getsource(original)
    assert source.count(old) == 1, f"{old!r} stands in it {source.count(old)} times"
    module = types.ModuleType("changed")
    exec(compile(source.replace(old, new), "changed", "exec"), vars(module))
    return module


def is_right(module, weights, expected, **options):
    """Return whether a text gets the expected logits as a whole, in parts, and in a batch."""
    module.N_BLOCKS = 2
    model = module.LanguageModel(weights, **options)
    cache = []
    in_parts = torch.cat([model(IDS[:3], cache), model(IDS[3:4], cache), model(IDS[4:], cache)])
    found = [model(IDS), in_parts, model(torch.stack([IDS.flip(0), IDS]))[1]]
    return all(torch.allclose(one, expected, atol=1e-3, rtol=1e-4) for one in found)


def test_the_model_itself_is_right(weights, expected):
    assert is_right(changed("BASE = 100_000", "BASE = 10**5"), weights, expected)


@pytest.mark.parametrize("mistake", CHANGES)
def test_a_mistake_in_the_source_shows(weights, expected, mistake):
    assert not is_right(changed(*CHANGES[mistake]), weights, expected)


@pytest.mark.parametrize("mistake", OPTIONS)
def test_a_mistake_in_a_function_that_it_calls_shows(weights, expected, mistake):
    module = changed("BASE = 100_000", "BASE = 10**5")  # an equal copy, to be run with two blocks
    assert not is_right(module, weights, expected, **OPTIONS[mistake])
