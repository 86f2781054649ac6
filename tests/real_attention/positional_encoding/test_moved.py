# SPDX-License-Identifier: MIT
import runpy
from itertools import permutations

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.real_attention.positional_encoding import moved as module
from snippets.real_attention.positional_encoding.moved import moved, outputs_of
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

the_example = torch.tensor(
    [[1.8639, 6.3194, 1.7042], [1.9991, 7.8141, 0.2735], [1.9926, 7.4796, 0.7359]]
)


def test_the_outputs_are_those_of_the_example():
    assert_close(outputs_of(x), the_example, rtol=0, atol=5e-5)


def test_the_outputs_are_those_of_torch():
    torch.manual_seed(0)
    for inputs in (x, torch.randn(7, 4)):
        theirs = F.scaled_dot_product_attention(inputs @ w_query, inputs @ w_key, inputs @ w_value)
        assert_close(outputs_of(inputs), theirs)


def test_bank_comes_first_and_the_others_follow():
    assert moved == [2, 0, 1]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_reordered_inputs_give_the_same_outputs_reordered(order):
    order = list(order)
    assert_close(outputs_of(x[order]), outputs_of(x)[order])


def test_a_causal_mask_lets_order_in():
    def causal(inputs):
        parts = inputs @ w_query, inputs @ w_key, inputs @ w_value
        return F.scaled_dot_product_attention(*parts, is_causal=True)

    assert not torch.allclose(causal(x[moved]), causal(x)[moved], atol=0.1)


def test_the_page_shows_the_rows_moving(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    assert capsys.readouterr().out.splitlines() == [
        "loan, river, bank:",
        "tensor([[1.8639, 6.3194, 1.7042],",
        "        [1.9991, 7.8141, 0.2735],",
        "        [1.9926, 7.4796, 0.7359]])",
        "bank, loan, river:",
        "tensor([[1.9926, 7.4796, 0.7359],",
        "        [1.8639, 6.3194, 1.7042],",
        "        [1.9991, 7.8141, 0.2735]])",
    ]
