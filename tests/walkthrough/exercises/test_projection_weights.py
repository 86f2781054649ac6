# SPDX-License-Identifier: MIT
import pytest
import torch
from torch.testing import assert_close

from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key


def test_the_recipe_is_a_column(solved):
    assert_close(solved["recipe"], torch.tensor([2.0, 3, 0, 1]))
    assert solved["ones"] @ solved["recipe"] == 6


def test_wide_queries_need_wide_keys_and_leave_the_scores_their_shape(solved):
    queries, keys = solved["wide_queries"], solved["wide_keys"]
    assert queries.shape == keys.shape == (3, 5)
    assert (queries @ keys.T).shape == (3, 3)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        queries @ (x @ w_key).T


def test_the_count_is_that_of_the_numbers_in_three_matrices(solved):
    d_model, d_k, d_v = solved["d_model"], solved["d_k"], solved["d_v"]
    matrices = torch.ones(d_model, d_k), torch.ones(d_model, d_k), torch.ones(d_model, d_v)
    assert solved["count"] == sum(matrix.numel() for matrix in matrices) == 120
