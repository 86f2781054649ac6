# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import torch
from torch.testing import assert_close

from snippets.walkthrough import attention_scores, queries_keys_values
from snippets.walkthrough import weighted_values as module
from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.by_hand import weighted_rows
from snippets.walkthrough.queries_keys_values import values
from snippets.walkthrough.weighted_values import rounded_weights, weighted_values

exactly = {"rtol": 0, "atol": 0}


def test_the_weights_get_an_axis_of_length_one():
    assert weights.unsqueeze(-1).shape == (3, 3, 1)


def test_the_first_block_holds_the_values_weighted_for_query_1():
    expected = [
        [6.3379e-02, 1.2676e-01, 1.9014e-01],
        [9.3662e-01, 3.7465, 0],
        [9.3662e-01, 2.8099, 1.4049],
    ]
    assert_close(weighted_values[0], torch.tensor(expected), rtol=5e-5, atol=0)
    assert weighted_values.shape == (3, 3, 3)
    assert weighted_values.dtype == torch.float32


def test_each_query_weights_each_value_with_its_own_weight():
    for q in range(3):
        for k in range(3):
            assert_close(weighted_values[q, k], weights[q, k] * values[k], **exactly)


def test_axes_are_queries_keys_and_numbers_of_a_value_for_other_sizes_too(monkeypatch):
    torch.manual_seed(0)
    weights, values = torch.rand(5, 7), torch.randn(7, 11)
    monkeypatch.setattr(attention_scores, "weights", weights)
    monkeypatch.setattr(queries_keys_values, "values", values)
    ran = runpy.run_path(module.__file__)
    assert_close(ran["weighted_values"], torch.einsum("qk,kd->qkd", weights, values))
    assert set(ran["rounded_weights"].unique().tolist()) <= {0, 0.5, 1}
    assert ((ran["rounded_weights"] - weights).abs() <= 0.25).all()


def test_without_the_new_axis_a_weight_meets_the_wrong_numbers():
    wrong = values * weights
    assert wrong.shape == (3, 3)
    for k in range(3):
        for d in range(3):
            assert wrong[k, d] == values[k, d] * weights[k, d]


def test_rounded_to_halves_each_row_of_weights_can_be_used_by_hand():
    assert_close(rounded_weights, torch.tensor([[0, 0.5, 0.5], [0, 1, 0], [0, 1, 0]]), **exactly)


def test_the_page_prints_shapes_and_plain_decimals(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "torch.Size([3, 3, 1]) times torch.Size([3, 3])\ngives torch.Size([3, 3, 3])" in printed
    assert "0.1268" in printed and "e-0" not in printed


def test_the_products_by_hand_are_those_of_the_code():
    assert weighted_rows(module.weights[0], module.values) == [
        "0.0634 × [1, 2, 3] = [0.0634, 0.1268, 0.1901]",
        "0.4683 × [2, 8, 0] = [0.9366, 3.7465, 0]",
        "0.4683 × [2, 6, 3] = [0.9366, 2.8099, 1.4049]",
    ]
    assert weighted_rows(module.rounded_weights[0], module.values) == [
        "0 × [1, 2, 3] = [0, 0, 0]",
        "0.5 × [2, 8, 0] = [1, 4, 0]",
        "0.5 × [2, 6, 3] = [1, 3, 1.5]",
    ]
