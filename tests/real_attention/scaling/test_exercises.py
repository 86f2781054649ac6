# SPDX-License-Identifier: MIT
import math

import pytest
import torch


def test_scores_of_keys_with_64_numbers_are_divided_by_8(solved):
    assert solved["divisor"] == 8


def test_the_scores_4_and_0_are_halved_before_the_softmax(solved):
    assert solved["two_scores"].tolist() == [4, 0]
    weights = (solved["two_scores"] / 2).softmax(dim=-1)
    power = math.exp(2)
    assert weights.tolist() == pytest.approx([power / (power + 1), 1 / (power + 1)])


def test_divided_by_the_length_itself_all_weights_are_nearly_equal(solved):
    raw, too_even = solved["raw"], solved["too_even"]
    assert raw.std().item() == pytest.approx(64, rel=0.01)
    assert too_even.sum(dim=-1).allclose(torch.ones(len(too_even)))
    assert too_even.max().item() < 0.07 and too_even.min().item() > 0.055
