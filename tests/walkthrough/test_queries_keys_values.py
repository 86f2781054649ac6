# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import torch
from torch.testing import assert_close

from snippets.walkthrough import inputs, projection_weights, queries_keys_values
from snippets.walkthrough.by_hand import row_times_matrix
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

exactly = {"rtol": 0, "atol": 0}


def test_the_queries_keys_and_values_are_those_of_the_example():
    assert_close(queries, torch.tensor([[1.0, 0, 2], [2, 2, 2], [2, 1, 3]]), **exactly)
    assert_close(keys, torch.tensor([[0.0, 1, 1], [4, 4, 0], [2, 3, 1]]), **exactly)
    assert_close(values, torch.tensor([[1.0, 2, 3], [2, 8, 0], [2, 6, 3]]), **exactly)


def test_each_has_a_row_for_each_input():
    for tensor in (queries, keys, values):
        assert tensor.shape == (3, 3)
        assert tensor.dtype == torch.float32


def test_a_row_comes_only_from_its_own_input():
    for i in range(3):
        assert_close(queries[i], x[i] @ w_query, **exactly)
        assert_close(keys[i], x[i] @ w_key, **exactly)
        assert_close(values[i], x[i] @ w_value, **exactly)


def test_each_row_is_an_input_for_other_sizes_too(monkeypatch):
    torch.manual_seed(0)
    x = torch.randn(11, 5)
    w_query, w_key, w_value = torch.randn(5, 3), torch.randn(5, 3), torch.randn(5, 7)
    monkeypatch.setattr(inputs, "x", x)
    for name, weight in {"w_query": w_query, "w_key": w_key, "w_value": w_value}.items():
        monkeypatch.setattr(projection_weights, name, weight)
    ran = runpy.run_path(queries_keys_values.__file__)
    for name, weight in {"queries": w_query, "keys": w_key, "values": w_value}.items():
        assert_close(ran[name], torch.einsum("im,md->id", x, weight))


def test_an_input_with_a_single_one_picks_a_row_of_the_projection_weights():
    for weight in (w_query, w_key, w_value):
        assert_close(torch.eye(4)[2] @ weight, weight[2], **exactly)


def test_the_page_prints_these_lines(capsys):
    runpy.run_path(queries_keys_values.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "queries",
        "tensor([[1., 0., 2.],",
        "        [2., 2., 2.],",
        "        [2., 1., 3.]])",
        "keys",
        "tensor([[0., 1., 1.],",
        "        [4., 4., 0.],",
        "        [2., 3., 1.]])",
        "values",
        "tensor([[1., 2., 3.],",
        "        [2., 8., 0.],",
        "        [2., 6., 3.]])",
    ]


def test_the_sums_by_hand_are_those_of_the_code():
    x, w_key = queries_keys_values.x, queries_keys_values.w_key
    assert row_times_matrix("key 2, number", x[1], w_key) == [
        "key 2, number 1: 0×0 + 2×1 + 0×0 + 2×1 = 4",
        "key 2, number 2: 0×0 + 2×1 + 0×1 + 2×1 = 4",
        "key 2, number 3: 0×1 + 2×0 + 0×0 + 2×0 = 0",
    ]
