# SPDX-License-Identifier: MIT
import runpy

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from snippets.drawing import heads as multi_head_pictures
from snippets.real_attention.multi_head import blend as multi_head_blend
from snippets.real_attention.multi_head import output as multi_head_output
from snippets.real_attention.multi_head import side_by_side as multi_head_side_by_side
from snippets.real_attention.multi_head import split as multi_head_split
from snippets.real_attention.multi_head.attention import (
    merge_heads,
    multi_head_attention,
    split_heads,
)
from snippets.real_attention.multi_head.output import w_output
from snippets.real_attention.multi_head.side_by_side import (
    side_by_side,
    wide_keys,
    wide_queries,
    wide_values,
    wide_w_key,
    wide_w_query,
    wide_w_value,
)
from snippets.real_attention.multi_head.split import head_outputs, right_split, wrong_split
from snippets.walkthrough.inputs import x
from snippets.walkthrough.queries_keys_values import keys, queries, values

exactly = {"rtol": 0, "atol": 0}
LEADING = st.lists(st.integers(1, 3), max_size=2).map(tuple)
SIZES = {"leading": LEADING, "n": st.integers(0, 7), "n_heads": st.integers(1, 5)}


def random_tensors(*shapes, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]


def weights_of(layer):
    """Return the four matrices of PyTorch's layer, transposed like ours."""
    return *(part.T for part in layer.in_proj_weight.chunk(3)), layer.out_proj.weight.T


# One head is not enough


def test_one_row_of_weights_blends_the_values_that_query_1_wants():
    assert_close(multi_head_blend.scores[0], torch.tensor([2.0, 4, 4]), **exactly)
    expected = torch.tensor([1.8639, 6.3194, 1.7042])
    assert_close(multi_head_blend.blend[0], expected, rtol=0, atol=5e-5)


def test_the_wide_matrices_keep_every_number_of_the_walkthrough():
    for wide, narrow in ((wide_queries, queries), (wide_keys, keys), (wide_values, values)):
        assert wide.shape == (3, 4)
        assert_close(wide[:, :3], narrow, **exactly)


def test_two_heads_give_query_1_both():
    expected = [
        [1.9546, 7.3543, 2.8638, 0.8587],
        [2.0000, 7.9714, 2.6748, 0.6626],
        [1.9996, 7.9409, 2.9313, 0.8318],
    ]
    assert_close(side_by_side, torch.tensor(expected), rtol=0, atol=5e-5)
    assert side_by_side[0, 1] > multi_head_blend.blend[0, 1] + 1
    assert side_by_side[0, 2] > multi_head_blend.blend[0, 2] + 1


def test_each_head_is_a_small_attention_of_its_own():
    for h, columns in enumerate((slice(0, 2), slice(2, 4))):
        parts = (t[:, columns] for t in (wide_queries, wide_keys, wide_values))
        assert_close(head_outputs[h], F.scaled_dot_product_attention(*parts))
    assert_close(merge_heads(head_outputs), side_by_side)


def test_the_scores_of_the_heads_add_up_to_those_of_one_head():
    by_head = split_heads(wide_queries, 2) @ split_heads(wide_keys, 2).transpose(-2, -1)
    assert_close(by_head.sum(dim=0), wide_queries @ wide_keys.T, **exactly)


# Splitting and merging


@given(d_k=st.integers(1, 5), **SIZES)
def test_a_head_gets_neighboring_columns_of_every_input(leading, n, n_heads, d_k):
    (x,) = random_tensors((*leading, n, n_heads * d_k))
    split = split_heads(x, n_heads)
    assert split.shape == (*leading, n_heads, n, d_k)
    assert_close(split, torch.stack(x.chunk(n_heads, dim=-1), dim=-3), **exactly)


@given(d_k=st.integers(1, 5), **SIZES)
def test_merging_undoes_splitting(leading, n, n_heads, d_k):
    (x,) = random_tensors((*leading, n, n_heads * d_k))
    assert_close(merge_heads(split_heads(x, n_heads)), x, **exactly)


def test_tensors_that_are_not_contiguous_are_split_and_merged_too():
    (x,) = random_tensors((6, 5, 2))
    turned = x.transpose(0, 2)  # (2, 5, 6)
    assert not turned.is_contiguous()
    assert_close(split_heads(turned, 3), torch.stack(turned.chunk(3, dim=-1), dim=1), **exactly)
    assert_close(merge_heads(split_heads(turned, 3)), turned, **exactly)


def test_splitting_copies_nothing():
    assert split_heads(wide_queries, 2).data_ptr() == wide_queries.data_ptr()


def test_heads_that_do_not_divide_the_numbers_are_refused_in_words():
    with pytest.raises(ValueError, match="4 numbers do not make 3 heads"):
        split_heads(x, 3)


def test_a_reshape_has_the_right_shape_and_wrong_values():
    assert right_split.shape == wrong_split.shape == (1, 2, 3, 2)
    assert not torch.equal(right_split, wrong_split)
    assert_close(right_split[0, 0], wide_queries[:, :2], **exactly)
    first_and_half_of_the_second = torch.cat([wide_queries[0], wide_queries[1, :2]])
    assert_close(wrong_split[0, 0].flatten(), first_and_half_of_the_second, **exactly)


# The whole layer


def test_the_outputs_are_those_of_the_page():
    ours = multi_head_attention(x, wide_w_query, wide_w_key, wide_w_value, w_output, 2)
    expected = [
        [4.8184, 8.2130, 10.2181, 2.8133],
        [4.6748, 8.6339, 10.6462, 2.6625],
        [4.9309, 8.7728, 10.8722, 2.8314],
    ]
    assert_close(ours, torch.tensor(expected), rtol=0, atol=5e-5)
    assert_close(ours, side_by_side @ w_output)
    assert (w_output[:2].sum(dim=0) == 1).all() and (w_output[2:].sum(dim=0) == 1).all()


def test_torch_gives_the_same_with_the_weights_of_the_example():
    theirs = nn.MultiheadAttention(4, 2, bias=False)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([wide_w_query.T, wide_w_key.T, wide_w_value.T]))
        theirs.out_proj.weight.copy_(w_output.T)
        expected, _ = theirs(x, x, x)
    ours = multi_head_attention(x, wide_w_query, wide_w_key, wide_w_value, w_output, 2)
    assert_close(ours, expected)


@settings(deadline=None, max_examples=40)
@given(
    batch=st.integers(1, 3),
    n=st.integers(1, 7),
    n_heads=st.sampled_from([1, 2, 3, 5]),
    d_k=st.sampled_from([1, 2, 7]),
    masked=st.booleans(),
    seed=st.integers(0, 99),
)
def test_outputs_and_gradients_are_those_of_torch(batch, n, n_heads, d_k, masked, seed):
    torch.manual_seed(seed)
    d_model = n_heads * d_k
    theirs = nn.MultiheadAttention(d_model, n_heads, bias=False, batch_first=True).double()
    (x,) = random_tensors((batch, n, d_model), seed=seed, dtype=torch.float64)
    x.requires_grad_()
    mask = torch.ones(n, n).tril().bool() if masked else None
    expected, _ = theirs(x, x, x, attn_mask=None if mask is None else ~mask)
    ours = multi_head_attention(x, *weights_of(theirs), n_heads, mask)
    assert_close(ours, expected)
    upstream = torch.randn_like(expected)
    wanted = (x, *theirs.parameters())
    for one, other in zip(
        torch.autograd.grad(ours, wanted, upstream),
        torch.autograd.grad(expected, wanted, upstream),
        strict=True,
    ):
        assert_close(one, other)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12), (torch.bfloat16, 5e-2)]
)
def test_every_precision_agrees_with_torch(dtype, tolerance):
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(15, 3, bias=False, batch_first=True).to(dtype)
    (x,) = random_tensors((2, 7, 15), dtype=dtype)
    with torch.no_grad():
        ours = multi_head_attention(x, *weights_of(theirs), 3)
        assert_close(ours, theirs(x, x, x)[0], rtol=tolerance, atol=tolerance)
    assert ours.dtype == dtype


def test_values_may_be_wider_than_keys():
    x, w_query, w_key, w_value, w_output = random_tensors((5, 6), (6, 4), (6, 4), (6, 10), (10, 3))
    queries, keys, values = (split_heads(x @ w, 2) for w in (w_query, w_key, w_value))
    heads = F.scaled_dot_product_attention(queries, keys, values)  # (2, 5, 5)
    expected = torch.cat([heads[0], heads[1]], dim=-1) @ w_output
    assert_close(multi_head_attention(x, w_query, w_key, w_value, w_output, 2), expected)


def test_gradients_are_those_of_finite_differences():
    arguments = random_tensors((2, 3, 4), *[(4, 4)] * 4, dtype=torch.float64)
    for argument in arguments:
        argument.requires_grad_()
    mask = torch.ones(3, 3).tril().bool()
    assert torch.autograd.gradcheck(lambda *a: multi_head_attention(*a, 2, mask), arguments)


def test_a_padding_mask_for_all_heads_leaves_padding_without_influence():
    x, *matrices = random_tensors((2, 5, 6), *[(6, 6)] * 4)
    mask = torch.tensor([[True] * 3 + [False] * 2, [True] * 5])
    before = multi_head_attention(x, *matrices, 3, mask.view(2, 1, 1, 5))
    changed = x.clone()
    changed[0, 3:] = 100.0
    after = multi_head_attention(changed, *matrices, 3, mask.view(2, 1, 1, 5))
    assert_close(after[0, :3], before[0, :3], **exactly)
    assert_close(after[1], before[1], **exactly)


def test_the_future_does_not_leak():
    x, *matrices = random_tensors((5, 6), *[(6, 6)] * 4)
    causal = torch.ones(5, 5).tril().bool()
    before = multi_head_attention(x, *matrices, 3, causal)
    changed = x.clone()
    changed[3:] += 1
    after = multi_head_attention(changed, *matrices, 3, causal)
    assert_close(after[:3], before[:3], **exactly)
    assert not torch.allclose(after[3:], before[3:])


def test_the_number_of_heads_does_not_change_the_number_of_parameters():
    for n_heads in (1, 2, 4):
        layer = nn.MultiheadAttention(4, n_heads, bias=False)
        assert sum(p.numel() for p in layer.parameters()) == 4 * 4 * 4
        ours = multi_head_attention(x, *weights_of(layer), n_heads)
        assert_close(ours, layer(x, x, x)[0])


def test_the_arguments_are_left_alone():
    arguments = random_tensors((5, 6), *[(6, 6)] * 4)
    before = [argument.clone() for argument in arguments]
    multi_head_attention(*arguments, 3)
    for argument, copy in zip(arguments, before, strict=True):
        assert_close(argument, copy, **exactly)


# The figures and the pages


def test_the_picture_of_the_splits_says_where_each_row_comes_from():
    multi_head_pictures.two_splits("Splits", wide_queries, 2)
    told = plt.gcf().description
    texts = [text.get_text() for text in plt.gca().texts]
    plt.close("all")
    assert "view, then transpose, head 2 has rows from input 1, input 2, input 3" in told
    assert "reshape alone, head 1 has rows from input 1, input 1, input 2" in told
    assert "reshape alone, head 2 has rows from input 2, input 3, input 3" in told
    numbers = [text for text in texts if text.isdigit()]
    shown = (wide_queries, right_split, wrong_split)
    assert numbers == [f"{n:.0f}" for tensor in shown for n in tensor.flatten().tolist()]


def test_the_tint_of_a_number_in_the_picture_is_that_of_its_head():
    multi_head_pictures.two_splits("Splits", wide_queries, 2)
    tints = [patch.get_alpha() for patch in plt.gca().patches]
    plt.close("all")
    first, second = multi_head_pictures.TINTS[:2]
    assert tints[:12] == [first, first, second, second] * 3
    assert tints[12:24] == [first] * 6 + [second] * 6
    assert tints[24:] == [first, first, second, second] * 3


def test_the_heat_maps_hold_the_weights_of_each_head():
    (weights,) = random_tensors((2, 3, 5))
    weights = weights.softmax(dim=-1)
    multi_head_pictures.heat_maps("Heads", weights)
    texts = [text.get_text() for text in plt.gca().texts]
    told = plt.gcf().description
    plt.close("all")
    assert [t for t in texts if "." in t] == [
        f"{value:.3f}" for value in weights.transpose(1, 2).flatten().tolist()
    ]
    assert (
        "head 2, shape (3, 5): query 1: "
        + ", ".join(f"{value:.3f}" for value in weights[1, 0].tolist())
        in told
    )


def printed(module, capsys):
    ran = runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    return ran, capsys.readouterr().out.splitlines()


def test_the_weights_in_the_picture_are_those_behind_the_outputs(capsys):
    ran, lines = printed(multi_head_split, capsys)
    assert_close(ran["head_weights"] @ ran["head_values"], head_outputs)
    assert ran["head_weights"].argmax(dim=-1)[:, 0].tolist() == [1, 2]
    assert lines[0] == "shape of head_queries torch.Size([2, 3, 2])"
    assert "same shape: True" in lines


def test_the_page_shows_what_one_head_blends_and_two_keep_apart(capsys):
    _, lines = printed(multi_head_blend, capsys)
    assert lines[0] == "scores of query 1 tensor([2., 4., 4.])"
    assert lines[-1] == "output 1 tensor([1.8639, 6.3194, 1.7042])"
    _, lines = printed(multi_head_side_by_side, capsys)
    assert lines[:12] == [
        "wide_queries",
        "tensor([[1., 0., 2., 2.],",
        "        [2., 2., 2., 0.],",
        "        [2., 1., 3., 2.]])",
        "wide_keys",
        "tensor([[0., 1., 1., 2.],",
        "        [4., 4., 0., 2.],",
        "        [2., 3., 1., 3.]])",
        "wide_values",
        "tensor([[1., 2., 3., 0.],",
        "        [2., 8., 0., 2.],",
        "        [2., 6., 3., 1.]])",
    ]
    assert lines[-3:] == [
        "tensor([[1.9546, 7.3543, 2.8638, 0.8587],",
        "        [2.0000, 7.9714, 2.6748, 0.6626],",
        "        [1.9996, 7.9409, 2.9313, 0.8318]])",
    ]


def test_the_page_shows_that_torch_agrees_and_that_heads_are_free(capsys):
    ran, lines = printed(multi_head_output, capsys)
    assert ran["theirs"].in_proj_bias is None
    assert_close(ran["ours"], ran["their_outputs"])
    assert lines == [
        "outputs",
        "tensor([[ 4.8184,  8.2130, 10.2181,  2.8133],",
        "        [ 4.6748,  8.6339, 10.6462,  2.6625],",
        "        [ 4.9309,  8.7728, 10.8722,  2.8314]])",
        "shape of in_proj_weight torch.Size([12, 4])",
        "shape of their weights  torch.Size([3, 3])",
        "same outputs: True",
        "heads: 1, numbers to learn: 64",
        "heads: 2, numbers to learn: 64",
        "heads: 4, numbers to learn: 64",
    ]


def test_the_weights_that_torch_returns_are_averaged_over_the_heads(capsys):
    ran, _ = printed(multi_head_output, capsys)
    _, each = ran["theirs"](x, x, x, average_attn_weights=False)
    assert each.shape == (2, 3, 3)
    assert_close(ran["their_weights"], each.mean(dim=0).detach())


def test_each_head_meets_its_rows_of_w_output_and_the_results_add_up():
    rows = w_output.unflatten(0, (2, 2))  # (heads, d_v, d_model)
    proposals = head_outputs @ rows  # (heads, inputs, d_model)
    whole = multi_head_attention(x, wide_w_query, wide_w_key, wide_w_value, w_output, n_heads=2)
    assert_close(proposals.sum(dim=0), whole)
    assert not proposals[0].allclose(whole)
