# SPDX-License-Identifier: MIT
import pytest
import torch

from snippets.language_model.kv_cache.writing import write
from snippets.language_model.model import LanguageModel


@pytest.fixture(scope="module")
def model(weights):
    return LanguageModel(weights)


@pytest.fixture(scope="module")
def prompt(tokenizer):
    return torch.tensor(tokenizer.encode("A bank is a place where").ids)


@pytest.fixture(scope="module")
def written(model, prompt):
    return write(model, prompt, 5)


def test_the_tokens_are_the_same_with_and_without_the_cache(model, prompt, written):
    assert write(model, prompt, 5, cached=False).tolist() == written.tolist()
    assert len(written) == len(prompt) + 5


def test_without_a_cache_forgetting_changes_nothing(model, prompt, written):
    assert write(model, prompt, 2, cached=False, forget=True).tolist() == written[:8].tolist()


def test_with_a_cache_forgotten_positions_give_another_text(model, prompt, written):
    forgotten = write(model, prompt, 5, forget=True)
    assert forgotten[6] == written[6], "the prompt is read in one call, so this one is right"
    assert forgotten.tolist() != written.tolist()


def test_the_page_shows_these_texts(tokenizer, model, prompt, written):
    forgotten = write(model, prompt, 5, forget=True)
    expected = "A bank is a place where people can put their money"
    assert tokenizer.decode(written.tolist()) == expected
    assert tokenizer.decode(forgotten.tolist()) == "A bank is a place where people can find a place"


def test_each_step_reads_one_token_with_a_cache_and_the_whole_text_without():
    read = []

    def counting(new, cache, positions=None):
        read.append(len(new))
        return torch.nn.functional.one_hot(new, 9).float()

    write(counting, torch.tensor([1, 2, 3]), 4)
    write(counting, torch.tensor([1, 2, 3]), 4, cached=False)
    assert read == [3, 1, 1, 1, 3, 4, 5, 6]
