# SPDX-License-Identifier: MIT
"""The chapter's claims about tokens, the next token, and temperature hold."""

from __future__ import annotations

import pytest
import torch
from torch.testing import assert_close

from snippets.language_model import tokens
from snippets.language_model.model import feed_forward, rms_norm
from snippets.language_model.tokens import at_temperature, generate, joined, model, ranks_of


def next_shares(text, tokenizer):
    logits = model(torch.tensor(tokenizer.encode(text).ids))[-1]
    shares, ids = at_temperature(logits, 1).topk(5)
    return dict(zip([tokenizer.decode([i]) for i in ids.tolist()], shares.tolist(), strict=True))


def test_the_text_is_five_words_with_their_spaces():
    assert tokens.encoding.tokens == ["The", "Ġcapital", "Ġof", "ĠFrance", "Ġis"]


@pytest.mark.parametrize("word", ["France", "untranslatable", "riverbank", "banana", "e"])
def test_joining_by_hand_gives_the_tokens_of_the_tokenizer(tokenizer, word):
    *_, last = joined(f"Ġ{word}", ranks_of(tokenizer))
    assert last == tokenizer.encode(f" {word}").tokens


def test_each_step_joins_one_pair(tokenizer):
    steps = list(joined("ĠFrance", ranks_of(tokenizer)))
    assert [len(parts) for parts in steps] == [7, 6, 5, 4, 3, 2, 1]
    assert all("".join(parts) == "ĠFrance" for parts in steps)


def test_the_capital_of_france_is_paris(tokenizer):
    shares = next_shares("The capital of France is", tokenizer)
    assert next(iter(shares)) == " Paris"
    assert shares[" Paris"] == pytest.approx(0.77, abs=0.005)


def test_the_model_writes_the_text_of_the_page():
    expected = "A bank is a place where people can put their money"
    assert generate(model, "A bank is a place where", 5) == expected


def test_the_model_has_as_many_weights_as_the_page_says(weights):
    assert sum(tensor.numel() for tensor in weights.values()) == 134_515_008
    assert weights["token_embd.weight"].shape == (49_152, 576)


def test_rms_norm_is_that_of_torch():
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    gain = torch.arange(5.0)
    assert_close(rms_norm(x, gain), torch.nn.functional.rms_norm(x, (5,), gain, eps=1e-5))
    assert_close(rms_norm(torch.ones(1, 4), torch.ones(4)), torch.ones(1, 4), atol=1e-4, rtol=0)


def test_a_closed_gate_lets_nothing_pass():
    x, up, down = torch.ones(2, 3), torch.ones(4, 3), torch.ones(3, 4)
    assert_close(feed_forward(x, torch.zeros(4, 3), up, down), torch.zeros(2, 3))
    silu = 3 / (1 + torch.tensor(-3.0).exp())  # of a gate that is 3
    expected = (4 * silu * 3).expand(2, 3)  # four columns of silu times 3
    assert_close(feed_forward(x, torch.ones(4, 3), up, down), expected)


def test_a_temperature_multiplies_the_differences():
    logits = torch.tensor([2.0, 1.0, -1.0])
    for temperature in (0.5, 1, 2):
        shares = at_temperature(logits, temperature)
        assert_close(shares.sum(), torch.tensor(1.0))
        assert_close((shares[0] / shares[1]).log(), torch.tensor(1 / temperature))
