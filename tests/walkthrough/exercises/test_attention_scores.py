# SPDX-License-Identifier: MIT
import math

import pytest
import torch
from torch.testing import assert_close

from snippets.walkthrough.attention_scores import weights


def test_the_new_query_meets_each_key(solved):
    assert_close(solved["new_scores"], torch.tensor([1.0, 8, 5]))


def test_the_weights_of_two_keys_are_shares_of_powers(solved):
    power = math.exp(2)
    assert solved["two_weights"].tolist() == pytest.approx([power / (power + 1), 1 / (power + 1)])


def test_subtracting_the_largest_score_leaves_the_weights(solved):
    assert solved["shifted"].max() == 0
    assert_close(solved["powers"] / solved["powers"].sum(), weights[1])


def test_the_words_of_the_design_look_at_the_word_before(solved):
    asked, answered = solved["places"] @ solved["look_for"], solved["places"] @ solved["found_by"]
    weights = (asked @ answered.T).softmax(dim=-1)
    assert weights[1, 0] > 0.99 and weights[2, 1] > 0.99


def test_no_exercise_prints_a_power_of_ten(capsys, solved):
    assert "e-" not in capsys.readouterr().out
