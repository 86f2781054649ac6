# SPDX-License-Identifier: MIT
import math

import pytest
import torch


def test_only_parity_catches_a_missing_scale(solved, capsys):
    for claim in (
        "equal_values_come_back",
        "the_future_does_not_leak",
        "the_first_query_sees_itself_alone",
    ):
        solved[claim](solved["unscaled"])
    with pytest.raises(AssertionError):
        solved["agrees_with_causal_pytorch"](solved["unscaled"])


def test_parity_passes_a_causal_attention_that_scales(solved):
    def scaled(queries, keys, values):
        return solved["unscaled"](queries / keys.shape[-1] ** 0.5, keys, values)

    solved["agrees_with_causal_pytorch"](scaled)


def test_a_score_of_zero_keeps_a_share(solved):
    power = math.exp(2)
    expected = [power / (power + 2), 1 / (power + 2), 1 / (power + 2)]
    assert solved["masked_weights"].tolist() == pytest.approx(expected)


def test_merged_without_transpose_row_2_mixes_tokens(solved):
    assert solved["lying"].equal(torch.tensor([[1.0, 2], [3, 10], [20, 30]]))
    assert solved["by_token"].equal(torch.tensor([[1.0, 10], [2, 20], [3, 30]]))
