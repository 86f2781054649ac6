# SPDX-License-Identifier: MIT
"""The layer of Part 2 computes the attention of each block, and each mistake has its cost."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.language_model import same_layer
from snippets.language_model.model import LanguageModel, projected, rms_norm, tensors_of
from snippets.language_model.same_layer import (
    PROSE,
    bound,
    differences,
    layer_of,
    loss_of,
    reordered,
    variants,
)
from snippets.language_model.tokens import generate
from snippets.real_attention.rotary.rotary import rotate, rotate_halves
from snippets.take_along.rotary import reorder

IDS = torch.tensor([504, 3575, 282, 4649, 314])
LOSSES = {
    "neighbors, as the file has them": 2.61,
    "halves": 3.53,
    "halves, rows reordered": 2.61,
    "not turned at all": 3.91,
    "heads of keys dealt out like cards": 11.50,
}


@pytest.mark.parametrize("block", [0, 17, 29])
def test_our_layer_computes_the_attention_of_a_block(weights, block):
    rows = torch.randn(7, 576, generator=torch.Generator().manual_seed(0))
    own = tensors_of(weights, block)
    q, k, v = projected(rows, own, torch.arange(7), rotate)
    heads = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    expected = heads.transpose(0, 1).flatten(1) @ own["attn_output"].T
    with torch.no_grad():
        assert_close(layer_of(weights, block)(rows, is_causal=True), expected, atol=1e-4, rtol=0)


def test_all_thirty_layers_are_those_of_torch(weights):
    found = list(differences(weights, IDS))
    assert len(found) == 30
    assert max(found) < 1e-4
    assert min(found) > 0  # different code rounds differently


def test_each_layer_is_compared_on_the_rows_that_reach_it(weights, monkeypatch):
    seen, whole = [], rms_norm
    monkeypatch.setattr(
        same_layer, "rms_norm", lambda *given: seen.append(given[0]) or whole(*given)
    )
    list(differences(weights, IDS))
    last = LanguageModel(weights)
    inside = []
    monkeypatch.setattr(
        "snippets.language_model.model.rms_norm",
        lambda *given: inside.append(given[0]) or whole(*given),
    )
    last(IDS)
    assert len(seen) == len(inside) - 1 == 60
    for ours, theirs in zip(seen, inside, strict=False):
        assert_close(ours, theirs, atol=1e-3, rtol=1e-4)


@pytest.fixture(scope="module")
def five(weights):
    return variants(weights)


@pytest.mark.parametrize("name", LOSSES)
def test_the_losses_are_those_of_the_page(five, tokenizer, name):
    prose = torch.tensor(tokenizer.encode(PROSE).ids)
    assert loss_of(five[name], prose) == pytest.approx(LOSSES[name], abs=0.006)


def test_the_rows_are_sorted_as_for_hugging_face(weights):
    moved = reordered(weights)
    for name, heads in (("attn_q", 9), ("attn_k", 3)):
        key = f"blk.3.{name}.weight"
        assert torch.equal(moved[key], reorder(weights[key], heads, to="halves"))
    assert moved["blk.3.attn_v.weight"] is weights["blk.3.attn_v.weight"]


@pytest.mark.parametrize("part", ["attn_q", "attn_k"])
def test_reordering_one_projection_is_worse_than_none(five, weights, tokenizer, part):
    prose = torch.tensor(tokenizer.encode(PROSE).ids)
    half = LanguageModel(reordered(weights, [part]), turn=rotate_halves)
    assert loss_of(half, prose) > loss_of(five["halves"], prose) + 1


def test_the_wrong_pairs_lose_count(five):
    text = "1, 2, 3, 4, 5,"
    assert generate(five["neighbors, as the file has them"], text, 2) == "1, 2, 3, 4, 5, 6"
    assert generate(five["halves"], text, 2) == "1, 2, 3, 4, 5, 2"


@pytest.mark.parametrize(("number", "text"), [(2e-5, "1e-4"), (9e-5, "1e-4"), (2e-7, "1e-6")])
def test_a_bound_is_the_next_power_of_ten(number, text):
    assert bound(number) == f"below {text}"
