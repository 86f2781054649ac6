# SPDX-License-Identifier: MIT
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.language_model.windows_and_sinks import sink
from snippets.walkthrough.queries_keys_values import keys, queries


def test_the_scores_of_the_page_are_those_of_torch():
    expected = F.scaled_dot_product_attention(queries, keys, torch.eye(3))
    assert_close(sink.scores.softmax(dim=-1), expected)


@pytest.fixture(params=range(5))
def scores(request, monkeypatch):
    random = torch.Generator().manual_seed(request.param)
    scores = 5 * torch.randn(4, 6, generator=random, dtype=torch.float64)
    monkeypatch.setattr(sink, "scores", scores)
    monkeypatch.setattr(sink, "sink", torch.randn((), generator=random, dtype=torch.float64))
    return scores


def test_dropping_the_sink_is_multiplying_by_a_sigmoid(scores):
    assert_close(sink.dropped(), sink.rescaled(), atol=1e-15, rtol=1e-13)


def test_each_weight_is_the_fraction_of_the_page(scores):
    powers = scores.exp()
    expected = powers / (sink.sink.exp() + powers.sum(dim=-1, keepdim=True))
    assert_close(sink.dropped(), expected, atol=1e-15, rtol=1e-13)


def test_a_low_sink_changes_nothing_and_a_high_one_silences(scores, monkeypatch):
    monkeypatch.setattr(sink, "sink", torch.tensor(-100.0, dtype=torch.float64))
    assert_close(sink.dropped(), scores.softmax(dim=-1))
    monkeypatch.setattr(sink, "sink", torch.tensor(100.0, dtype=torch.float64))
    assert sink.rescaled().sum() < 1e-30


def test_scores_2_1_0_with_a_sink_of_0_keep_this_share(monkeypatch):
    monkeypatch.setattr(sink, "scores", torch.tensor([[2.0, 1.0, 0.0]], dtype=torch.float64))
    monkeypatch.setattr(sink, "sink", torch.tensor(0.0, dtype=torch.float64))
    assert sink.rescaled().sum().item() == pytest.approx(0.9174054605564645, abs=1e-15)
