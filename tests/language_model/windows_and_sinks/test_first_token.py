# SPDX-License-Identifier: MIT
import pytest
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.windows_and_sinks.first_token import first_token


@pytest.fixture(scope="module")
def model(weights):
    return LanguageModel(weights)


@pytest.fixture(scope="module")
def twice():
    half = torch.randint(1000, 40_000, (40,), generator=torch.Generator().manual_seed(0))
    return half.repeat(2)


def test_the_first_token_gets_44_percent_of_the_weight(model, twice):
    share, ratio = first_token(model, twice)
    assert share.mean().item() == pytest.approx(0.444, abs=0.002)
    sinks = share > 0.3
    assert sinks.sum() == 25
    assert ratio[sinks].mean().item() == pytest.approx(0.23, abs=0.01)
    assert ratio[~sinks].mean().item() == pytest.approx(1.06, abs=0.02)


def test_other_tokens_have_a_sink_of_the_same_size(model):
    ids = torch.randint(1000, 40_000, (50,), generator=torch.Generator().manual_seed(1))
    share, ratio = first_token(model, ids)
    assert 0.35 < share.mean() < 0.6
    assert ratio.median() < 0.4


def test_share_and_ratio_follow_from_the_recorded_weights():
    """A model with one block and known weights replaces the real one."""

    def model(ids, cache, seen):
        weights = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.5, 0.25]])
        seen.append(torch.stack([weights, weights.flip(0).tril()]))  # (heads, queries, keys)
        values = torch.tensor([[3.0, 4.0], [10.0, 0.0], [0.0, 30.0]])[None]
        cache.append((values, values))

    share, ratio = first_token(model, torch.arange(3), start=1)
    assert share.tolist() == [pytest.approx((0.5 + 0.25 + 0.5 + 1.0) / 4)]
    assert ratio.tolist() == [pytest.approx(5 / 20)]
