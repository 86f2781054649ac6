# SPDX-License-Identifier: MIT
"""The data of the viewer are the rounded weights of the model."""

from __future__ import annotations

import gzip
import json

import pytest
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.what_heads_do.maps import NAMED, SENTENCES, STEPS, Recorded
from snippets.language_model.what_heads_do.scores import attention_maps


@pytest.fixture(scope="module")
def recorded(weights, tokenizer):
    return Recorded(weights, tokenizer)


@pytest.fixture(scope="module")
def data(recorded):
    return json.loads(recorded.data())


def test_each_digit_is_a_weight_of_the_model(data, weights, tokenizer):
    model = LanguageModel(weights)
    for text, sentence in zip(SENTENCES, data["sentences"], strict=True):
        maps = attention_maps(model, torch.tensor(tokenizer.encode(text).ids))
        n = len(sentence["words"])
        digits = iter(sentence["weights"])
        read = torch.zeros(30, 9, n, n)
        for layer, head in torch.cartesian_prod(torch.arange(30), torch.arange(9)):
            for query in range(1, n):
                for key in range(1, query + 1):
                    digit = data["digits"].index(next(digits))
                    read[layer, head, query, key] = digit / data["steps"]
        assert next(digits, None) is None
        assert (read - maps)[..., 1:].abs().max() <= 0.5 / STEPS + 1e-4


def test_padding_changes_no_weight_of_a_shorter_sentence(recorded):
    assert [len(words) for words in recorded.words] == [5, 6, 5, 9, 8]
    for maps in recorded.maps:
        torch.testing.assert_close(maps.sum(dim=-1), torch.ones(maps.shape[:-1]))


def test_the_named_heads_look_where_the_page_says(recorded):
    said = {name: recorded.weight(name) for name, *_ in NAMED}
    assert {name: word for name, (word, _) in said.items()} == {
        "Looks one back": "fox",
        "Induction": "three",
        "Sink": "We",
        "it → animal": "animal",
        "it → street": "street",
        "in → Berlin": "Berlin",
    }
    assert min(weight for _, weight in said.values()) > 0.5


def test_each_sentence_is_there_for_a_named_head():
    assert {sentence for _, sentence, *_ in NAMED} == {*range(len(SENTENCES))}


def test_the_data_are_small(recorded):
    assert len(gzip.compress(recorded.data())) < 20_000
