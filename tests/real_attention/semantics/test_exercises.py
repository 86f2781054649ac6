# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close


def test_a_triangle_above_the_diagonal_shows_the_future_and_nothing_else(solved):
    weights = solved["weights"]
    assert weights.tril().count_nonzero() == 0
    assert (weights[0, 1:] > 0).all() and weights[1, 2] == 1
    assert_close(weights[2], torch.zeros(3))


def test_the_first_of_the_last_four_queries_sees_four_of_seven_keys(solved):
    assert (solved["seen"], solved["seen_top_left"]) == (4, 1)


def test_added_ones_favor_a_key_and_their_logarithm_hides_the_others(solved):
    scores = solved["equal_scores"]
    pushed = (scores + solved["ones"]).softmax(dim=-1)
    assert_close(pushed, torch.tensor([0.7311, 0.2689]), atol=5e-5, rtol=0)
    assert_close((scores + solved["first_alone"]).softmax(dim=-1), torch.tensor([1.0, 0.0]))
