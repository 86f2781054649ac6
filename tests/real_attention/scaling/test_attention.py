# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.real_attention.scaling import attention as scaling
from snippets.real_attention.scaling.attention import attention, scaled_scores, scaled_weights
from snippets.walkthrough.attention_scores import scores, weights
from snippets.walkthrough.queries_keys_values import keys, queries, values

sizes = st.integers(1, 7)
generated = settings(deadline=None, max_examples=30, derandomize=True)


def drawn(n_queries, n_keys, d_k, d_v, dtype=torch.float32):
    random = torch.Generator().manual_seed(0)
    shapes = (n_queries, d_k), (n_keys, d_k), (n_keys, d_v)
    return [torch.randn(shape, generator=random, dtype=dtype) for shape in shapes]


@pytest.fixture
def arguments():
    """Queries, keys and values whose axes have unequal prime sizes."""
    return drawn(7, 5, 3, 11)


def test_the_outputs_are_those_of_the_example():
    expected = [[1.8639, 6.3194, 1.7042], [1.9991, 7.8141, 0.2735], [1.9926, 7.4796, 0.7359]]
    assert_close(attention(queries, keys, values), torch.tensor(expected), rtol=0, atol=5e-5)


def test_the_scores_of_the_example_are_divided_by_the_root_of_3():
    assert_close(scaled_scores * 3**0.5, scores)
    assert_close(scaled_weights.sum(dim=-1), torch.ones(3))
    assert_close(scaled_weights @ values, attention(queries, keys, values))


def test_scaling_keeps_the_order_of_the_weights_and_brings_them_closer():
    assert (weights.argmax(dim=-1) == scaled_weights.argmax(dim=-1)).all()
    assert (scaled_weights.max(dim=-1).values < weights.max(dim=-1).values).all()
    assert (scaled_weights.min(dim=-1).values > weights.min(dim=-1).values).all()


def test_it_is_what_torch_computes_by_default(arguments):
    assert_close(attention(*arguments), F.scaled_dot_product_attention(*arguments))


@generated
@given(n_queries=sizes, n_keys=sizes, d_k=sizes, d_v=sizes)
def test_it_is_what_torch_computes_for_any_sizes(n_queries, n_keys, d_k, d_v):
    arguments = drawn(n_queries, n_keys, d_k, d_v)
    ours = attention(*arguments)
    assert ours.shape == (n_queries, d_v)
    assert_close(ours, F.scaled_dot_product_attention(*arguments))


@pytest.mark.parametrize(
    ("dtype", "rtol"), [(torch.float64, 1e-12), (torch.float32, 1e-5), (torch.bfloat16, 2e-2)]
)
def test_it_keeps_the_dtype_and_agrees_with_torch_in_it(dtype, rtol):
    arguments = drawn(7, 5, 3, 11, dtype)
    ours = attention(*arguments)
    assert ours.dtype == dtype
    assert_close(ours, F.scaled_dot_product_attention(*arguments), rtol=rtol, atol=rtol)


def test_its_gradients_are_those_of_torch(arguments):
    ours = [argument.clone().requires_grad_() for argument in arguments]
    theirs = [argument.clone().requires_grad_() for argument in arguments]
    attention(*ours).square().sum().backward()
    F.scaled_dot_product_attention(*theirs).square().sum().backward()
    for one, other in zip(ours, theirs, strict=True):
        assert_close(one.grad, other.grad)


def test_its_gradients_are_what_small_steps_say():
    arguments = [a.requires_grad_() for a in drawn(3, 2, 5, 7, torch.float64)]
    assert torch.autograd.gradcheck(attention, arguments)


def test_slices_of_a_wider_tensor_will_do(arguments):
    wide = [torch.stack([argument, -argument], dim=-1)[..., 0] for argument in arguments]
    assert not wide[0].is_contiguous()
    assert_close(attention(*wide), attention(*arguments))


def test_the_function_leaves_its_arguments_alone(arguments):
    before = [argument.clone() for argument in arguments]
    attention(*arguments)
    for argument, copy in zip(arguments, before, strict=True):
        assert_close(argument, copy, rtol=0, atol=0)


def test_reordered_keys_and_values_leave_the_outputs(arguments):
    queries, keys, values = arguments
    order = [3, 0, 4, 1, 2]
    assert_close(attention(queries, keys[order], values[order]), attention(*arguments))


def test_the_length_of_a_value_does_not_scale_the_scores(arguments):
    queries, keys, values = arguments
    assert_close(attention(queries, keys, values[:, :2]), attention(*arguments)[:, :2])


def test_queries_and_keys_of_unequal_lengths_are_refused():
    with pytest.raises(RuntimeError, match="7x3 and 2x5"):
        attention(torch.ones(7, 3), torch.ones(5, 2), torch.ones(5, 11))


def test_the_example_both_ways_is_spelled_out(capsys):
    runpy.run_path(scaling.__file__, run_name="__main__")
    assert len(plt.get_fignums()) == 2
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "scaled scores",
        "tensor([[1.1547, 2.3094, 2.3094],",
        "        [2.3094, 9.2376, 6.9282],",
        "        [2.3094, 6.9282, 5.7735]])",
        "without scaling tensor([0.0000, 0.9820, 0.0180])",
        "scaled          tensor([0.0009, 0.9088, 0.0903])",
        "output 1, without scaling tensor([1.9366, 6.6831, 1.5951])",
        "output 1, scaled          tensor([1.8639, 6.3194, 1.7042])",
        "same as torch's: True",
    ]
