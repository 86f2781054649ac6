# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.drawing.batches import product_in_batch
from snippets.real_attention.batches import attention as batches
from snippets.real_attention.batches import rounding as batches_rounding
from snippets.real_attention.batches import transpose as batches_transpose
from snippets.real_attention.batches.attention import attention, batch, keys, queries, values
from snippets.walkthrough import queries_keys_values
from snippets.walkthrough.inputs import x

exactly = {"rtol": 0, "atol": 0}
sizes = st.integers(1, 5)


def randn(*size, dtype=torch.float32):
    return torch.randn(*size, dtype=dtype, generator=torch.Generator().manual_seed(sum(size)))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(sizes, max_size=3), sizes, sizes, sizes, sizes)
def test_any_number_of_leading_axes_gives_what_torch_gives(leading, n_queries, n_keys, d_k, d_v):
    queries, keys = randn(*leading, n_queries, d_k), randn(*leading, n_keys, d_k)
    values = randn(*leading, n_keys, d_v)
    assert_close(
        attention(queries, keys, values), F.scaled_dot_product_attention(queries, keys, values)
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_batch_equals_a_loop_over_it(dtype):
    sizes = (2, 5, 7), (2, 3, 7), (2, 3, 11)
    queries, keys, values = (randn(*size, dtype=dtype) for size in sizes)
    loop = [attention(queries[i], keys[i], values[i]) for i in range(2)]
    assert_close(attention(queries, keys, values), torch.stack(loop))


def test_gradients_are_those_of_torch():
    ours = [randn(*size, dtype=torch.float64) for size in [(2, 5, 7), (2, 3, 7), (2, 3, 11)]]
    theirs = [tensor.clone() for tensor in ours]
    for function, tensors in (attention, ours), (F.scaled_dot_product_attention, theirs):
        function(*[tensor.requires_grad_() for tensor in tensors]).square().sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        assert_close(mine.grad, other.grad)


def test_one_sequence_can_share_its_keys_with_a_batch_of_queries():
    queries, keys, values = randn(2, 5, 7), randn(3, 7), randn(3, 11)
    assert_close(
        attention(queries, keys, values),
        attention(queries, keys.expand(2, 3, 7), values.expand(2, 3, 11)),
    )


def test_the_arguments_stay_as_they_are():
    given = [randn(2, 5, 7), randn(2, 3, 7), randn(2, 3, 11)]
    before = [tensor.clone() for tensor in given]
    attention(*given)
    assert all(map(torch.equal, given, before))


def test_the_batch_is_the_running_example_forward_and_backward():
    assert_close(batch, torch.stack([x, x[[2, 1, 0]]]), **exactly)
    for tensor, name in (queries, "queries"), (keys, "keys"), (values, "values"):
        one = getattr(queries_keys_values, name)
        assert_close(tensor, torch.stack([one, one[[2, 1, 0]]]), **exactly)


def test_the_outputs_are_the_scaled_ones_of_the_example():
    expected = torch.tensor(
        [[1.8639, 6.3194, 1.7042], [1.9991, 7.8141, 0.2735], [1.9926, 7.4796, 0.7359]]
    )
    assert_close(batches.outputs, torch.stack([expected, expected.flip(0)]), rtol=0, atol=6e-5)
    assert_close(batches.one_by_one, batches.outputs)


def test_einsum_and_transpose_agree(monkeypatch):
    ran = rerun_with(monkeypatch, inputs=(5, 7), d_k=3, d_v=11)
    queries, keys, values = ran["queries"], ran["keys"], ran["values"]
    assert ran["scores"].shape == (2, 5, 5)
    assert_close(ran["scores"], torch.matmul(queries, keys.swapaxes(1, 2)))
    expected = F.scaled_dot_product_attention(queries, keys, values)
    assert_close(ran["outputs"], expected)
    assert_close(ran["one_by_one"], expected)


def rerun_with(monkeypatch, inputs, d_k, d_v):
    """Run the snippet on other inputs with sizes that all differ."""
    monkeypatch.setattr("snippets.walkthrough.inputs.x", randn(*inputs))
    for seed, (name, width) in enumerate([("w_query", d_k), ("w_key", d_k), ("w_value", d_v)]):
        weights = randn(seed + 1, inputs[1], width)[0]
        monkeypatch.setattr(f"snippets.walkthrough.projection_weights.{name}", weights)
    return runpy.run_path(batches.__file__)


def test_sequences_of_a_batch_do_not_mix():
    changed = queries.clone()
    changed[1] += 1
    outputs = attention(changed, keys, values)
    assert_close(outputs[0], batches.outputs[0], **exactly)
    assert not torch.allclose(outputs[1], batches.outputs[1])


def test_one_by_one_differs_only_by_rounding():
    assert batches_rounding.largest_difference(torch.float32) < 5e-6
    assert batches_rounding.largest_difference(torch.float64) < 5e-15


def test_both_precisions_and_two_orders_of_adding_are_printed(capsys):
    runpy.run_path(batches_rounding.__file__, run_name="__main__")
    single, double, sums = capsys.readouterr().out.splitlines()
    assert single.startswith("float32: tensor(") and "dtype" not in single
    assert double.startswith("float64: tensor(") and double.endswith("dtype=torch.float64)")
    assert sums == "two orders: 0.6000000000000001 0.6"


def test_T_reverses_all_axes_and_torch_warns_of_it(capsys):
    torch.set_warn_always(True)  # otherwise torch warns only once per process
    try:
        runpy.run_path(batches_transpose.__file__, run_name="__main__")
    finally:
        torch.set_warn_always(False)
    lines = capsys.readouterr().out.splitlines()[:9]
    *shapes, error, label = lines[:4]
    *scores, warning, its_end = lines[4:]
    assert shapes == [
        "shape of keys   torch.Size([2, 3, 3])",
        "shape of keys.T torch.Size([3, 3, 2])",
    ]
    assert label == "three sequences, scores of the first"
    assert error.startswith(
        "two sequences: The size of tensor a (2) must match the size of tensor b (3)"
    )
    assert scores == [
        "tensor([[ 4.,  4.,  4.],",
        "        [12., 12., 12.],",
        "        [10., 10., 10.]])",
    ]
    assert f"{warning} {its_end}".endswith("will throw an error in a future release.")


@pytest.mark.filterwarnings("ignore:The use of `x.T`")
def test_only_axes_counted_from_the_end_fit_both_shapes():
    pair, pairs = batches_transpose.pair, batches_transpose.pairs
    assert pair.shape == (2, 5, 7) and pairs.shape == (2, 3, 5, 7)
    assert pair.T.shape == (7, 5, 2) and pairs.T.shape == (7, 5, 3, 2)
    assert pair.transpose(1, 2).shape == (2, 7, 5) and pairs.transpose(1, 2).shape == (2, 5, 3, 7)
    for swapped in (pair.transpose(-2, -1), pairs.transpose(-2, -1)), (pair.mT, pairs.mT):
        assert [one.shape for one in swapped] == [(2, 7, 5), (2, 3, 7, 5)]


def test_the_picture_says_its_numbers_and_shows_true_products():
    assert_close(queries @ keys.mT, batches.scores)
    product_in_batch("One product for each sequence", queries, keys, batches.scores)
    said = plt.gcf().description
    plt.close("all")
    assert "scores, shape (2, 3, 3): row 1: 2, 4, 4; row 2: 4, 16, 12" in said


def test_the_page_prints_these_lines(capsys):
    runpy.run_path(batches.__file__, run_name="__main__")
    plt.close("all")
    lines = capsys.readouterr().out.splitlines()
    *shapes, label, first = lines[:4]
    difference, same = lines[-2:]
    assert shapes == [
        "shape of batch   torch.Size([2, 3, 4])",
        "shape of queries torch.Size([2, 3, 3])",
    ]
    assert label == "outputs"
    assert first == "tensor([[[1.8639, 6.3194, 1.7042],"
    assert float(difference.removeprefix("largest difference tensor(").removesuffix(")")) < 1e-6
    assert same == "same scores: True"
