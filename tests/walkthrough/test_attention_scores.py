# SPDX-License-Identifier: MIT
import math
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from torch.testing import assert_close

from snippets.walkthrough import attention_scores, queries_keys_values
from snippets.walkthrough.attention_scores import one_sided, scores, scores_of_input_1, weights
from snippets.walkthrough.by_hand import row_times_matrix, softmax
from snippets.walkthrough.queries_keys_values import keys, queries

exactly = {"rtol": 0, "atol": 0}


def test_input_1_scores_each_input():
    assert_close(scores_of_input_1, torch.tensor([2.0, 4, 4]), **exactly)


def test_every_input_scores_every_input():
    assert_close(scores, torch.tensor([[2.0, 4, 4], [4, 16, 12], [4, 12, 10]]), **exactly)
    assert scores.shape == (3, 3)
    assert scores.dtype == torch.float32


def test_a_row_of_scores_belongs_to_a_query_and_a_column_to_a_key():
    for q in range(3):
        for k in range(3):
            assert scores[q, k] == sum(a * b for a, b in zip(queries[q], keys[k], strict=True))


def test_the_weights_are_those_of_the_example():
    expected = [
        [6.3379e-02, 4.6831e-01, 4.6831e-01],
        [6.0337e-06, 9.8201e-01, 1.7986e-02],
        [2.9539e-04, 8.8054e-01, 1.1917e-01],
    ]
    assert_close(weights, torch.tensor(expected), rtol=5e-5, atol=0)
    assert weights.shape == (3, 3)
    assert weights.dtype == torch.float32


def test_the_weights_of_each_query_add_up_to_1():
    assert_close(weights.sum(dim=-1), torch.ones(3))
    assert not torch.allclose(weights.sum(dim=0), torch.ones(3), atol=0.1)


def test_a_weight_is_a_power_of_e_out_of_the_sum_of_its_row():
    for row, row_of_weights in zip(scores.tolist(), weights.tolist(), strict=True):
        powers = [math.exp(score) for score in row]
        assert row_of_weights == pytest.approx([power / sum(powers) for power in powers])


def test_rows_are_queries_and_columns_are_keys_for_other_inputs_too(monkeypatch):
    torch.manual_seed(0)
    # The scores of the example are symmetric, so they cannot tell a row from a column.
    queries, keys = torch.randn(5, 7), torch.randn(11, 7)
    monkeypatch.setattr(queries_keys_values, "queries", queries)
    monkeypatch.setattr(queries_keys_values, "keys", keys)
    ran = runpy.run_path(attention_scores.__file__)
    assert_close(ran["scores_of_input_1"], keys @ queries[0])
    assert_close(ran["scores"], torch.einsum("qd,kd->qk", queries, keys))
    assert_close(ran["weights"], torch.einsum("qd,kd->qk", queries, keys).softmax(dim=1))


def test_adding_the_same_to_a_row_of_scores_leaves_its_weights():
    shifted = scores - scores.max(dim=-1, keepdim=True).values
    assert_close(shifted.softmax(dim=-1), weights)


def test_the_page_prints_plain_decimals(capsys):
    runpy.run_path(attention_scores.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "0.0634" in printed
    assert "e-0" not in printed


def test_interest_can_be_one_sided():
    assert one_sided[0, 1] > 0
    assert one_sided[1, 0] == 0


def test_the_sums_by_hand_are_those_of_the_code():
    assert row_times_matrix("query 1 with key", queries[0], keys.T) == [
        "query 1 with key 1: 1×0 + 0×1 + 2×1 = 2",
        "query 1 with key 2: 1×4 + 0×4 + 2×0 = 4",
        "query 1 with key 3: 1×2 + 0×3 + 2×1 = 4",
    ]
    assert softmax(scores_of_input_1) == [
        "e^2 = 7.389, and 7.389 / 116.585 = 0.0634",
        "e^4 = 54.598, and 54.598 / 116.585 = 0.4683",
        "e^4 = 54.598, and 54.598 / 116.585 = 0.4683",
    ]
