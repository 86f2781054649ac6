# SPDX-License-Identifier: MIT
import math

import pytest
import torch


def test_1002_and_1000_have_the_weights_of_2_and_0(solved):
    power = math.exp(2)
    weights = solved["softmax"](solved["thousand"], dim=-1).tolist()
    assert weights == pytest.approx([power / (power + 1), 1 / (power + 1)])


def test_doubled_scores_are_scores_at_half_the_temperature(solved):
    scores = solved["scores"]
    assert solved["doubled"].equal((scores / 0.5).softmax(dim=-1))
    assert not torch.allclose(solved["doubled"], (scores / 2).softmax(dim=-1))


def test_two_equal_scores_share_the_whole_when_the_third_key_is_hidden(solved):
    assert solved["shares"].tolist() == [0.5, 0.5, 0]


def test_a_large_share_of_zeros_adds_nothing(solved):
    assert solved["two_weights"].argmax() == 0
    assert solved["faint"].tolist() == pytest.approx([1, 0, 0])
