# SPDX-License-Identifier: MIT
import contextlib
import io
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.real_attention.softmax import stable as module
from snippets.real_attention.softmax.stable import naive_softmax, softmax
from snippets.walkthrough.attention_scores import scores, weights

generated = settings(deadline=None, max_examples=30, derandomize=True)


@pytest.fixture(scope="module")
def ran():
    """The names of the snippet after its run, and its output."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        names = runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    return names | {"printed": printed.getvalue().splitlines()}


def test_powers_of_100_and_101_overflow_and_the_naive_weights_are_no_numbers():
    large = torch.tensor([100.0, 101.0])
    assert large.exp().isinf().all()
    assert naive_softmax(large, dim=-1).isnan().all()
    assert naive_softmax(large.double(), dim=-1).isfinite().all()


def test_the_example_breaks_the_naive_softmax_only_in_float16():
    assert_close(naive_softmax(scores, dim=-1), weights)
    assert naive_softmax(scores.half(), dim=-1).isnan().any(dim=-1).tolist() == [False, True, True]
    assert_close(softmax(scores.half(), dim=-1).float(), weights, rtol=2e-3, atol=1e-6)


@generated
@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    data=st.data(),
    size=st.sampled_from([1e-3, 1.0, 1e3, 1e30]),
)
def test_the_function_is_torchs_softmax_for_any_shape_dim_and_size_of_scores(shape, data, size):
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    scores = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * size
    ours = softmax(scores, dim)
    assert_close(ours, F.softmax(scores, dim=dim))
    assert_close(ours.sum(dim=dim), torch.ones(ours.sum(dim=dim).shape))


@pytest.mark.parametrize(
    ("dtype", "rtol"),
    [
        (torch.float64, 1e-12),
        (torch.float32, 1e-5),
        (torch.bfloat16, 2e-2),
        (torch.float16, 2e-3),
    ],
)
def test_it_keeps_the_dtype_and_agrees_with_torch_in_it(dtype, rtol):
    scores = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0)).to(dtype)
    ours = softmax(scores, dim=-2)
    assert ours.dtype == dtype
    assert_close(ours, F.softmax(scores, dim=-2), rtol=rtol, atol=rtol / 10)


@generated
@given(shift=st.floats(-1e4, 1e4))
def test_adding_one_number_to_all_scores_of_a_row_leaves_its_weights(shift):
    row = torch.tensor([4.0, 16, 12], dtype=torch.float64)
    assert_close(softmax(row + shift, dim=-1), softmax(row, dim=-1))


def test_each_row_is_shifted_by_its_own_largest_score():
    apart = torch.tensor([[0.0, 1.0], [1000.0, 1001.0], [-1000.0, -999.0]])
    assert_close(softmax(apart, dim=-1), softmax(apart[:1], dim=-1).expand(3, 2))


def test_minus_infinity_gets_a_weight_of_exactly_0():
    row = torch.tensor([4.0, -torch.inf, 12])
    assert softmax(row, dim=-1)[1] == 0
    assert_close(softmax(row, dim=-1)[[0, 2]], softmax(row[[0, 2]], dim=-1))


def test_its_gradients_are_what_small_steps_say_and_those_of_torch():
    scores = torch.randn(3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda s: softmax(s, dim=0), scores.requires_grad_())
    (ours,) = torch.autograd.grad(softmax(scores, dim=-1).square().sum(), scores)
    (theirs,) = torch.autograd.grad(scores.softmax(dim=-1).square().sum(), scores)
    assert_close(ours, theirs)


def test_gradients_stay_finite_where_the_largest_scores_tie():
    tied = torch.tensor([1000.0, 1000.0, 0.0], requires_grad=True)
    (ours,) = torch.autograd.grad(softmax(tied, dim=-1)[0], tied)
    assert_close(ours, torch.tensor([0.25, -0.25, 0.0]))


def test_the_function_does_not_change_its_argument():
    before = scores.clone()
    softmax(scores, dim=-1)
    assert_close(scores, before, rtol=0, atol=0)


def test_along_the_queries_the_rows_of_the_example_no_longer_make_1(ran):
    expected = torch.tensor([0.0637, 2.3309, 0.6055])
    assert_close(ran["columns"].sum(dim=-1), expected, rtol=0, atol=5e-5)
    assert_close(ran["columns"].sum(dim=0), torch.ones(3))


def test_without_dim_torch_warns_each_time_and_takes_1_for_2_d_and_0_for_3_d(ran):
    guesses = [line for line in ran["printed"] if "takes" in line]
    assert guesses == [
        "1-D: takes dim=0",
        "2-D: takes dim=1",
        "3-D: takes dim=0",
        "4-D: takes dim=1",
    ]
    assert ran["printed"][-1].startswith("4 warnings: Implicit dimension choice for softmax")


def test_the_overflow_and_its_cure_are_spelled_out(ran):
    assert ran["printed"][:13] == [
        "e^88 and e^89   tensor([1.6516e+38,        inf])",
        "e^100 and e^101 tensor([inf, inf])",
        "weights         tensor([nan, nan])",
        "in 16 bits:",
        "tensor([[0.0634, 0.4683, 0.4683],",
        "        [0.0000,    nan,    nan],",
        "        [0.0000,    nan, 0.0000]], dtype=torch.float16)",
        "ours         tensor([0.2689, 0.7311])",
        "torch's      tensor([0.2689, 0.7311])",
        "of 0 and 1   tensor([0.2689, 0.7311])",
        "in 16 bits:",
        "tensor([[0.0634, 0.4685, 0.4685],",
        "        [0.0000, 0.9819, 0.0180],",
    ]
