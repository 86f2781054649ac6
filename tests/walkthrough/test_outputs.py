# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.walkthrough import attention_scores, queries_keys_values, weighted_values
from snippets.walkthrough import outputs as module
from snippets.walkthrough.by_hand import row_times_matrix
from snippets.walkthrough.inputs import x
from snippets.walkthrough.outputs import (
    outputs,
    outputs_in_one_line,
    rounded_outputs,
    self_attention,
)
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values
from tests.support.example import OUTPUTS

exactly = {"rtol": 0, "atol": 0}
the_example = torch.tensor(OUTPUTS)


@pytest.fixture
def random_arguments():
    """Inputs and projection weights whose axes have unequal prime sizes."""
    n, d_model, d_k, d_v = 7, 5, 3, 11
    generator = torch.Generator().manual_seed(0)
    shapes = [(n, d_model), (d_model, d_k), (d_model, d_k), (d_model, d_v)]
    return [torch.randn(shape, generator=generator) for shape in shapes]


def test_the_outputs_are_those_of_the_example():
    assert_close(outputs, the_example, rtol=0, atol=5e-5)
    assert outputs.shape == (3, 3)
    assert outputs.dtype == torch.float32


def test_one_product_gives_the_same_outputs():
    assert_close(outputs_in_one_line, outputs)


def test_the_function_gives_the_same_outputs():
    assert_close(self_attention(x, w_query, w_key, w_value), outputs)


def test_torch_gives_the_same_outputs():
    assert_close(F.scaled_dot_product_attention(queries, keys, values, scale=1.0), outputs)


def test_rounded_weights_give_the_outputs_worked_out_by_hand():
    assert_close(rounded_outputs[0], torch.tensor([2.0, 7.0, 1.5]), **exactly)
    assert rounded_outputs.shape == (3, 3)


def test_the_sum_runs_over_the_keys_for_other_sizes_too(monkeypatch):
    torch.manual_seed(0)
    weights, values = torch.rand(5, 7), torch.randn(7, 11)
    monkeypatch.setattr(attention_scores, "weights", weights)
    monkeypatch.setattr(queries_keys_values, "values", values)
    monkeypatch.setattr(weighted_values, "weighted_values", weights.unsqueeze(-1) * values)
    monkeypatch.setattr(weighted_values, "rounded_weights", weights.round())
    ran = runpy.run_path(module.__file__)
    assert_close(ran["outputs"], torch.einsum("qk,kd->qd", weights, values))
    assert_close(ran["outputs_in_one_line"], ran["outputs"])
    assert_close(ran["rounded_outputs"], torch.einsum("qk,kd->qd", weights.round(), values))


def test_the_function_agrees_with_torch_on_random_inputs(random_arguments):
    x, w_query, w_key, w_value = random_arguments
    queries, keys, values = x @ w_query, x @ w_key, x @ w_value
    expected = F.scaled_dot_product_attention(queries, keys, values, scale=1.0)
    assert expected.shape == (7, 11)
    assert_close(self_attention(*random_arguments), expected)


def test_the_function_leaves_its_arguments_alone(random_arguments):
    before = [argument.clone() for argument in random_arguments]
    self_attention(*random_arguments)
    for argument, copy in zip(random_arguments, before, strict=True):
        assert_close(argument, copy, **exactly)


def test_reordered_inputs_give_the_same_outputs_reordered(random_arguments):
    x, *weights = random_arguments
    order = [3, 6, 0, 2, 5, 1, 4]
    assert_close(self_attention(x[order], *weights), self_attention(x, *weights)[order])


def test_an_output_stays_within_the_range_of_the_values(random_arguments):
    x, _, _, w_value = random_arguments
    values, mixed = x @ w_value, self_attention(*random_arguments)
    assert (mixed <= values.max(dim=0).values + 1e-5).all()
    assert (mixed >= values.min(dim=0).values - 1e-5).all()


def test_the_page_prints_these_lines(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert printed.count(str(the_example)) == 4
    assert "output 1, rounded weights tensor([2.0000, 7.0000, 1.5000])" in printed
    assert "equal up to rounding: True" in printed


def test_several_texts_at_once_give_the_outputs_of_each_alone():
    texts = torch.stack([x, x.flip(0)])
    weights = w_query, w_key, w_value
    alone = torch.stack([module.self_attention(text, *weights) for text in texts])
    torch.testing.assert_close(module.self_attention(texts, *weights), alone)


def test_the_sums_by_hand_are_those_of_the_code():
    values = queries_keys_values.values
    assert row_times_matrix("output 1, number", attention_scores.weights[0], values) == [
        "output 1, number 1: 0.0634×1 + 0.4683×2 + 0.4683×2 = 1.9366",
        "output 1, number 2: 0.0634×2 + 0.4683×8 + 0.4683×6 = 6.6831",
        "output 1, number 3: 0.0634×3 + 0.4683×0 + 0.4683×3 = 1.5951",
    ]
