# SPDX-License-Identifier: MIT
"""The function keeps the promises of docs/use_it.md."""

import ast
import inspect

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.use_it.self_attention import self_attention
from snippets.walkthrough import outputs


@pytest.fixture
def arguments():
    """Inputs and projection weights whose axes have unequal prime sizes."""
    n, d_model, d_k, d_v = 7, 5, 3, 11
    generator = torch.Generator().manual_seed(0)
    shapes = [(n, d_model), (d_model, d_k), (d_model, d_k), (d_model, d_v)]
    return [torch.randn(shape, generator=generator) for shape in shapes]


def test_the_function_is_that_of_the_last_chapter():
    def body(function):
        tree = ast.parse(inspect.getsource(function)).body[0]
        if ast.get_docstring(tree):
            tree.body = tree.body[1:]
        return ast.dump(tree)

    assert body(self_attention) == body(outputs.self_attention)


def test_the_function_computes_what_torch_computes_without_scaling(arguments):
    x, w_query, w_key, w_value = arguments
    expected = F.scaled_dot_product_attention(x @ w_query, x @ w_key, x @ w_value, scale=1.0)
    assert expected.shape == (7, 11)
    assert_close(self_attention(*arguments), expected)


def test_scaling_the_query_weights_scales_the_scores(arguments):
    x, w_query, w_key, w_value = arguments
    expected = F.scaled_dot_product_attention(x @ w_query, x @ w_key, x @ w_value)
    assert_close(self_attention(x, w_query / w_key.shape[1] ** 0.5, w_key, w_value), expected)


@pytest.mark.parametrize("n", [0, 1, 2, 13])
def test_any_number_of_inputs_will_do(arguments, n):
    assert self_attention(torch.ones(n, 5), *arguments[1:]).shape == (n, 11)


def test_the_dtype_stays(arguments):
    assert self_attention(*(one.double() for one in arguments)).dtype == torch.float64


def test_gradients_are_right(arguments):
    doubles = [one.double().requires_grad_() for one in arguments]
    assert torch.autograd.gradcheck(self_attention, doubles)


def test_the_arguments_stay_as_they_are(arguments):
    before = [argument.clone() for argument in arguments]
    self_attention(*arguments)
    for argument, copy in zip(arguments, before, strict=True):
        assert_close(argument, copy, rtol=0, atol=0)


def test_reordered_inputs_give_reordered_outputs(arguments):
    x, *weights = arguments
    order = [3, 6, 0, 2, 5, 1, 4]
    assert_close(self_attention(x[order], *weights), self_attention(x, *weights)[order])


@pytest.mark.parametrize("place", range(4))
def test_shapes_that_do_not_fit_raise_an_error(arguments, place):
    arguments[place] = torch.ones(17, 19)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        self_attention(*arguments)


def test_a_batch_gives_each_text_the_outputs_of_the_text_alone(arguments):
    x, *weights = arguments
    texts = torch.stack([x, x.flip(0), 2 * x])
    alone = torch.stack([self_attention(text, *weights) for text in texts])
    assert_close(self_attention(texts, *weights), alone)


def test_a_single_vector_is_refused_in_words(arguments):
    x, *weights = arguments
    with pytest.raises(RuntimeError, match=r"mT is only supported on matrices"):
        self_attention(x[0], *weights)
