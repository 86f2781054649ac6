# SPDX-License-Identifier: MIT
import pytest
import torch
import torch.nn.functional as F

from snippets.language_model.model import LanguageModel
from snippets.language_model.windows_and_sinks import story_loss
from snippets.language_model.windows_and_sinks.story import LENGTH, STORY, WINDOW
from snippets.language_model.windows_and_sinks.window import window


@pytest.fixture(scope="module")
def model(weights):
    return LanguageModel(weights, attend=F.scaled_dot_product_attention)


@pytest.fixture(scope="module")
def ids(tokenizer):
    return torch.tensor(tokenizer.encode(STORY).ids)


@pytest.fixture(scope="module")
def found(model, ids):
    return story_loss.losses(model, ids[:LENGTH], WINDOW)


@pytest.mark.slow
def test_the_losses_are_those_of_the_page(found):
    expected = {
        "all keys": 2.84,
        "the window": 4.37,
        "the window and tokens 1 to 4": 3.12,
        "the window and tokens 5 to 8": 4.35,
    }
    assert found == pytest.approx(expected, abs=0.01)


@pytest.mark.slow
def test_one_pass_with_the_mask_of_the_whole_text_gives_the_same_loss(model, ids, found):
    near = window(127, 127, 48)
    logits = model(ids[:127], mask=near | (torch.arange(127) < 4) & window(127, 127, 127))
    loss = F.cross_entropy(logits[48:], ids[49:128]).item()
    assert loss == pytest.approx(found["the window and tokens 1 to 4"], abs=1e-3)


@pytest.mark.slow
def test_on_650_tokens_a_window_of_128_does_the_same(model, ids):
    assert len(ids) > 640
    found = story_loss.losses(model, ids, width=128)
    full, alone, first, others = found.values()
    assert alone - full > 0.7
    assert first - full < 0.2
    assert others - full > 0.6
