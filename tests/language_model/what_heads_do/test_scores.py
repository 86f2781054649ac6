# SPDX-License-Identifier: MIT
"""The scores of the real model's heads agree with independent computations and with the page."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from snippets.language_model import model as built
from snippets.language_model.model import LanguageModel
from snippets.language_model.what_heads_do.scores import (
    attention_maps,
    induction,
    loss_of_repetition,
    others,
    previous,
    strongest,
)


@pytest.fixture(scope="module")
def model(weights):
    return LanguageModel(weights)


@pytest.fixture(scope="module")
def twice():
    half = torch.randint(1000, 40_000, (40,), generator=torch.Generator().manual_seed(0))
    return torch.cat([half, half])


@pytest.fixture(scope="module")
def maps(model, twice):
    return attention_maps(model, twice)


def test_there_is_a_map_for_each_of_270_heads(maps):
    assert maps.shape == (30, 9, 80, 80)
    torch.testing.assert_close(maps.sum(dim=-1), torch.ones(30, 9, 80))


def test_no_head_sees_a_later_token(maps):
    later = torch.ones(80, 80, dtype=torch.bool).triu(1)
    assert maps[..., later].abs().max() == 0
    assert maps.diagonal(dim1=-2, dim2=-1).min() > 0


def test_the_previous_token_head_is_head_0_of_layer_16(maps):
    scores = previous(maps)
    assert strongest(scores, 3) == [(16, 0), (11, 1), (2, 1)]
    by_hand = sum(maps[16, 0, i, i - 1].item() for i in range(1, 80)) / 79
    assert scores[16, 0].item() == pytest.approx(by_hand, abs=1e-5)
    assert by_hand == pytest.approx(0.902, abs=0.002)


def test_the_strongest_induction_head_is_head_6_of_layer_18(maps, twice):
    scores = induction(maps)
    assert strongest(scores, 5) == [(18, 6), (17, 3), (17, 4), (23, 2), (23, 7)]
    tokens = twice.tolist()
    followed = [tokens[:i].index(tokens[i]) + 1 for i in range(41, 80)]
    by_hand = [maps[18, 6, i, key].item() for i, key in zip(range(41, 80), followed, strict=True)]
    assert scores[18, 6].item() == pytest.approx(sum(by_hand) / 39, abs=1e-5)
    assert scores[18, 6].item() == pytest.approx(0.917, abs=0.002)


@pytest.mark.slow
def test_without_induction_heads_the_repetition_is_a_surprise_again(model, maps, twice):
    five = strongest(induction(maps), 5)
    cases = {
        3.77: [],
        6.73: five[:1],
        10.06: five,
        4.67: others(five),
        9.81: [(16, 0)],
    }
    for loss, off in cases.items():
        assert loss_of_repetition(model, twice, off) == pytest.approx(loss, abs=0.02)


@pytest.mark.slow
def test_no_draw_of_others_does_as_much_damage_as_the_strongest_head_alone(model, maps, twice):
    five = strongest(induction(maps), 5)
    losses = [loss_of_repetition(model, twice, others(five, seed)) for seed in range(10)]
    assert max(losses) < 5
    assert sum(loss < losses[0] for loss in losses) > 5, "mostly less than on the page"


def test_the_loss_is_that_of_the_tokens_after_the_first_repeated_one(model, twice):
    logits = model(twice)
    ours = loss_of_repetition(model, twice)
    theirs = [F.cross_entropy(logits[i], twice[i + 1]).item() for i in range(40, 79)]
    assert ours == pytest.approx(sum(theirs) / 39, abs=1e-4)


def test_control_heads_are_drawn_from_the_same_layers_regardless_of_score(maps):
    six = strongest(induction(maps), 6)
    for seed in range(10):
        found = others(six[:5], seed)
        assert [layer for layer, _ in found] == [layer for layer, _ in six[:5]]
        assert len({*found, *six[:5]}) == 10
    assert six[5] == (18, 7) == others(six[:5])[0], "the page names it"
    assert others(six[:5], 1) != others(six[:5], 2)


def test_the_first_token_is_a_sink(maps):
    assert maps[:, :, 1:, 0].mean().item() == pytest.approx(0.465, abs=0.005)
    assert maps[18, 8, 1:, 0].min() > 0.9


def test_induction_of_a_perfect_head_is_1_and_of_its_neighbors_0():
    right = torch.eye(8).roll(-3, dims=1)
    assert induction(right[None, None]).item() == 1
    for shift in (-4, -2, 0, 3):
        assert induction(torch.eye(8).roll(shift, dims=1)[None, None]).item() == 0


def test_previous_of_a_diagonal_below_the_main_one_is_1():
    below = torch.ones(6, 6).tril(-1).triu(-1)
    assert previous(below[None, None]).item() == 1
    assert previous(below.T[None, None]).item() == 0


def test_switching_a_head_off_changes_no_layer_before_it(model, twice):
    seen, without = [], []
    model(twice[:12], seen=seen)
    model(twice[:12], seen=without, off=[(16, 0)])
    assert all(torch.equal(seen[at], without[at]) for at in range(17))
    assert not torch.allclose(seen[17], without[17])


def test_a_wrong_pairing_of_heads_leaves_neither_pattern(weights, twice):
    def tiled(query, key, value, mask, enable_gqa):  # with repeat instead of repeat_interleave
        times = query.shape[-3] // key.shape[-3]
        key, value = key.repeat(times, 1, 1), value.repeat(times, 1, 1)
        return F.scaled_dot_product_attention(query, key, value, mask)

    maps = attention_maps(LanguageModel(weights, attend=tiled), twice)
    assert max(previous(maps)[16, 0], induction(maps)[18, 6]) < 0.5


def test_a_mask_of_the_future_or_a_position_off_by_one_shows_in_the_scores(weights, twice):
    def turned(x, positions, base):  # shifts the positions of the keys, which have three heads
        late = positions + (x.shape[-3] == built.N_KV_HEADS)
        return built.rotate(x, late, base)

    maps = attention_maps(LanguageModel(weights, turn=turned), twice)
    assert previous(maps)[16, 0] < 0.5

    def upper(query, key, value, mask, enable_gqa):
        return F.scaled_dot_product_attention(query, key, value, mask.T, enable_gqa=enable_gqa)

    maps = attention_maps(LanguageModel(weights, attend=upper), twice)
    assert not math.isclose(maps.triu(1).sum().item(), 0)
