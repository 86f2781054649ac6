# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import torch
from torch.testing import assert_close

from snippets.walkthrough import projection_weights
from snippets.walkthrough.by_hand import sum_of_products
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import one_role_scores, w_key, w_query, w_value

exactly = {"rtol": 0, "atol": 0}


def test_the_projection_weights_are_those_of_the_example():
    assert_close(w_query, torch.tensor([[1.0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 1]]), **exactly)
    assert_close(w_key, torch.tensor([[0.0, 0, 1], [1, 1, 0], [0, 1, 0], [1, 1, 0]]), **exactly)
    assert_close(w_value, torch.tensor([[0.0, 2, 0], [0, 3, 0], [1, 0, 3], [1, 1, 0]]), **exactly)


def test_a_projection_weight_has_a_row_for_each_number_of_an_input():
    for weight in (w_query, w_key, w_value):
        assert weight.shape == (4, 3)
        assert weight.shape[0] == x.shape[1]
        assert weight.dtype == torch.float32


def test_queries_and_keys_are_equally_wide():
    assert w_query.shape[1] == w_key.shape[1]


def test_with_one_role_a_pair_scores_the_same_both_ways():
    expected = torch.tensor([[2.0, 0, 2], [0, 8, 4], [2, 4, 4]])
    assert_close(one_role_scores, expected, **exactly)
    assert_close(one_role_scores, one_role_scores.T, **exactly)


def test_with_a_query_and_a_key_each_a_pair_can_score_differently_each_way():
    first, second = torch.eye(4)[:2]
    assert (first @ w_query) @ (second @ w_key) == 1
    assert (second @ w_query) @ (first @ w_key) == 0


def test_the_page_prints_these_lines(capsys):
    runpy.run_path(projection_weights.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "one_role_scores:",
        "tensor([[2., 0., 2.],",
        "        [0., 8., 4.],",
        "        [2., 4., 4.]])",
    ]


def test_the_sums_by_hand_are_those_of_the_code():
    x = projection_weights.x
    assert sum_of_products(x[0], x[2]) == "1×1 + 0×1 + 1×1 + 0×1 = 2"
    assert sum_of_products(x[2], x[0]) == "1×1 + 1×0 + 1×1 + 1×0 = 2"
