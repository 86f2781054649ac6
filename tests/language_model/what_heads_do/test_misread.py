# SPDX-License-Identifier: MIT
"""The numbers behind three ways to misread an attention map are right."""

from __future__ import annotations

import pytest
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.what_heads_do.misread import added, record

TEXT = "The animal didn't cross the street because it was too tired"


@pytest.fixture(scope="module")
def model(weights):
    return LanguageModel(weights)


@pytest.fixture(scope="module")
def recorded(model, tokenizer):
    return record(model, tokenizer, TEXT)


def test_the_word_it_looks_at_animal_in_one_head_and_at_street_in_another(recorded):
    words, maps, _ = recorded
    it = words.index("it")
    assert maps[13, 8, it, words.index("animal")].item() == pytest.approx(0.75, abs=0.01)
    assert maps[21, 6, it, words.index("street")].item() == pytest.approx(0.56, abs=0.01)


def test_the_word_it_cannot_know_how_the_sentence_ends(model, tokenizer, recorded):
    words, maps, _ = recorded
    _, other, _ = record(model, tokenizer, TEXT.replace("tired", "wide"))
    it = words.index("it")
    torch.testing.assert_close(maps[:, :, it], other[:, :, it], atol=1e-5, rtol=0)
    assert (maps[:, :, -1] - other[:, :, -1]).abs().max() > 0.1


def test_lengths_are_those_of_the_vectors_that_heads_add(model, recorded):
    _, _, values = recorded
    lengths = added(model, values)
    assert lengths.shape == (30, 9, 12)
    for layer, head, key in (0, 0, 0), (18, 3, 5), (29, 8, 11):
        alone = torch.zeros(9 * 64)
        alone[head * 64 : head * 64 + 64] = values[layer][head // 3, key]
        vector = model.weights[f"blk.{layer}.attn_output.weight"] @ alone
        assert lengths[layer, head, key].item() == pytest.approx(vector.norm().item(), rel=1e-4)


def test_a_large_weight_on_a_small_value_adds_little(model, recorded):
    words, maps, values = recorded
    it, lengths = words.index("it"), added(model, values)
    share = maps[18, 3, it] * lengths[18, 3]
    assert maps[18, 3, it, 0].item() == pytest.approx(0.67, abs=0.01)
    assert (share[0] / share.sum()).item() == pytest.approx(0.25, abs=0.01)
    everywhere = maps * lengths.unsqueeze(-2)
    everywhere = everywhere / everywhere.sum(dim=-1, keepdim=True)
    assert maps[:, :, 1:, 0].mean().item() == pytest.approx(0.655, abs=0.005)
    assert everywhere[:, :, 1:, 0].mean().item() == pytest.approx(0.476, abs=0.005)


def test_no_head_of_layer_25_has_the_average_weights(recorded):
    words, maps, _ = recorded
    heads = maps[25, :, words.index("it")]
    average = heads.mean(dim=0)
    apart = torch.stack([(head - average).clamp(min=0).sum() for head in heads])
    assert apart.min().item() == pytest.approx(0.26, abs=0.01)


def test_equal_words_differ_in_later_layers(model, tokenizer):
    words, _, values = record(model, tokenizer, "Rome is in Italy. Berlin is in")
    assert (words[2], words[6], words[7]) == ("in", "is", "in")

    def cosine(layer, one, other):
        a, b = (values[layer][:, at].flatten() for at in (one, other))
        return (a @ b / (a.norm() * b.norm())).item()

    assert cosine(0, 2, 7) == pytest.approx(1, abs=1e-4)
    assert cosine(14, 2, 7) == pytest.approx(0.57, abs=0.01)
    assert cosine(14, 6, 7) == pytest.approx(0.75, abs=0.01)
    assert cosine(29, 2, 7) == pytest.approx(0.21, abs=0.01)


def test_the_model_continues_with_germany(model, tokenizer):
    ids = tokenizer.encode("Rome is in Italy. Berlin is in").ids
    assert tokenizer.decode([model(torch.tensor(ids))[-1].argmax().item()]) == " Germany"
