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

from snippets.drawing import maps
from snippets.real_attention.cross_attention import attention as module
from snippets.real_attention.cross_attention import heads as cross_attention_heads
from snippets.real_attention.cross_attention import target as cross_attention_target
from snippets.real_attention.cross_attention import use as cross_attention_use
from snippets.real_attention.cross_attention.attention import (
    cross_attention,
    cross_outputs,
    cross_scores,
    cross_weights,
    target_queries,
)
from snippets.real_attention.cross_attention.heads import multi_head_cross_attention
from snippets.real_attention.cross_attention.target import alone, target
from snippets.real_attention.multi_head.attention import multi_head_attention
from snippets.walkthrough import queries_keys_values
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, values

exactly = {"rtol": 0, "atol": 0}
the_example = torch.tensor([[1.9298, 7.1331, 0.8791], [1.8321, 5.9265, 2.1025]])


def random_tensors(*shapes, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]


def weights_of(layer):
    """Return the four matrices of PyTorch's layer, transposed like ours."""
    return *(part.T for part in layer.in_proj_weight.chunk(3)), layer.out_proj.weight.T


# The example


def test_alone_the_target_attends_to_itself():
    projected = (target @ w for w in (w_query, w_key, w_value))
    assert_close(alone, F.scaled_dot_product_attention(*projected))


def test_each_target_scores_each_input_of_the_source():
    assert_close(target_queries, torch.tensor([[1.0, 0, 0], [0, 1, 2]]), **exactly)
    assert_close(cross_scores, torch.tensor([[0.0, 4, 2], [3, 4, 5]]), **exactly)
    assert cross_weights.shape == (2, 3)
    assert_close(cross_weights.sum(dim=-1), torch.ones(2))
    assert cross_weights.argmax(dim=-1).tolist() == [1, 2]


def test_the_outputs_are_those_of_the_page_and_of_torch():
    assert_close(cross_outputs, the_example, rtol=0, atol=5e-5)
    assert_close(cross_outputs, F.scaled_dot_product_attention(target_queries, keys, values))
    assert_close(cross_attention(target, x, w_query, w_key, w_value), cross_outputs)


def test_the_steps_scale_by_the_width_of_a_key_for_other_sizes_too(monkeypatch):
    other_keys, other_values = random_tensors((5, 3), (5, 7))
    monkeypatch.setattr(queries_keys_values, "keys", other_keys)
    monkeypatch.setattr(queries_keys_values, "values", other_values)
    ran = runpy.run_path(module.__file__)
    expected = F.scaled_dot_product_attention(target_queries, other_keys, other_values)
    assert_close(ran["cross_outputs"], expected)


# The function


@settings(deadline=None, max_examples=40)
@given(
    leading=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    n_target=st.integers(0, 5),
    n_source=st.integers(1, 7),
    masked=st.booleans(),
    seed=st.integers(0, 99),
)
def test_outputs_and_gradients_are_those_of_torch(leading, n_target, n_source, masked, seed):
    d_target, d_source, d_k, d_v = 5, 7, 3, 11
    arguments = random_tensors(
        (*leading, n_target, d_target),
        (*leading, n_source, d_source),
        (d_target, d_k),
        (d_source, d_k),
        (d_source, d_v),
        seed=seed,
        dtype=torch.float64,
    )
    for argument in arguments:
        argument.requires_grad_()
    mask = torch.arange(n_source) < max(1, n_source - 2) if masked else None
    target, source, w_query, w_key, w_value = arguments
    ours = cross_attention(*arguments, mask)
    torch_mask = None if mask is None else mask.expand(*leading, n_target, n_source)
    expected = F.scaled_dot_product_attention(
        target @ w_query, source @ w_key, source @ w_value, attn_mask=torch_mask
    )
    assert ours.shape == (*leading, n_target, d_v)
    assert_close(ours, expected)
    for one, other in zip(
        torch.autograd.grad(ours.sum(), arguments),
        torch.autograd.grad(expected.sum(), arguments),
        strict=True,
    ):
        assert_close(one, other)


def test_a_source_of_one_input_gives_its_value_to_every_target():
    assert_close(cross_attention(target, x[:1], w_query, w_key, w_value), values[:1].expand(2, 3))


def test_reordering_the_source_changes_nothing():
    order = [2, 0, 1]
    assert_close(cross_attention(target, x[order], w_query, w_key, w_value), cross_outputs)


def test_one_target_does_not_see_another():
    changed = target.clone()
    changed[1] += 1
    outputs = cross_attention(changed, x, w_query, w_key, w_value)
    assert_close(outputs[0], cross_outputs[0])
    assert not torch.allclose(outputs[1], cross_outputs[1])


def test_the_outputs_follow_the_source():
    changed = x.clone()
    changed[1] += 1
    assert not torch.allclose(
        cross_attention(target, changed, w_query, w_key, w_value), cross_outputs
    )


def test_the_padding_mask_belongs_to_the_source():
    padded = torch.cat([x, torch.full((2, 4), 9.0)])
    mask = torch.tensor([True] * 3 + [False] * 2)
    assert_close(cross_attention(target, padded, w_query, w_key, w_value, mask), cross_outputs)
    with pytest.raises(RuntimeError, match="must match the size"):
        cross_attention(target, padded, w_query, w_key, w_value, torch.tensor([True, False]))


def test_in_a_batch_each_example_has_its_own_padding():
    padded = torch.cat([x, torch.full((1, 4), 9.0)])
    sources = torch.stack([padded, padded])
    mask = torch.tensor([[True, True, True, False], [True, False, False, False]])
    outputs = cross_attention(target, sources, w_query, w_key, w_value, mask.unsqueeze(1))
    assert_close(outputs[0], cross_outputs)
    assert_close(outputs[1], values[:1].expand(2, 3))


def test_the_arguments_are_left_alone():
    arguments = target, x, w_query, w_key, w_value, torch.tensor([True, True, False])
    before = [argument.clone() for argument in arguments]
    cross_attention(*arguments)
    for argument, copy in zip(arguments, before, strict=True):
        assert_close(argument, copy, **exactly)


# With heads


@settings(deadline=None, max_examples=40)
@given(
    batch=st.integers(1, 3),
    n_target=st.integers(1, 5),
    n_source=st.integers(1, 7),
    n_heads=st.sampled_from([1, 2, 3]),
    d_k=st.sampled_from([1, 2, 5]),
    masked=st.booleans(),
)
def test_with_heads_the_function_equals_torchs_layer(
    batch, n_target, n_source, n_heads, d_k, masked
):
    torch.manual_seed(n_source)
    d_model = n_heads * d_k
    theirs = nn.MultiheadAttention(d_model, n_heads, bias=False, batch_first=True).double()
    target, source = random_tensors(
        (batch, n_target, d_model), (batch, n_source, d_model), dtype=torch.float64
    )
    hidden, mask = None, None
    if masked:
        hidden = torch.arange(n_source).expand(batch, n_source) > torch.arange(batch).unsqueeze(-1)
        mask = ~hidden.view(batch, 1, 1, n_source)
    expected, _ = theirs(target, source, source, key_padding_mask=hidden)
    ours = multi_head_cross_attention(target, source, *weights_of(theirs), n_heads, mask)
    assert_close(ours, expected)
    wanted = tuple(theirs.parameters())
    for one, other in zip(
        torch.autograd.grad(ours.sum(), wanted),
        torch.autograd.grad(expected.sum(), wanted),
        strict=True,
    ):
        assert_close(one, other)


def test_with_the_same_list_twice_the_function_is_self_attention():
    inputs, *matrices = random_tensors((2, 5, 6), *[(6, 6)] * 4)
    causal = torch.ones(5, 5).tril().bool()
    assert_close(
        multi_head_cross_attention(inputs, inputs, *matrices, 3, causal),
        multi_head_attention(inputs, *matrices, 3, causal),
        **exactly,
    )


# The figures and the pages


def test_the_map_shows_the_given_shapes():
    shapes = {
        "target": (2, 4),
        "source": (5, 6),
        "queries": (2, 3),
        "keys": (5, 3),
        "values": (5, 7),
        "weights": (2, 5),
        "outputs": (2, 7),
    }
    tensors = {name: torch.zeros(shape) for name, shape in shapes.items()}
    maps.two_lists("The map", **tensors)
    texts = [text.get_text() for text in plt.gca().texts]
    told = plt.gcf().description
    plt.close("all")
    assert texts == [line for name, shape in shapes.items() for line in (name, str(shape))]
    assert "source → keys → weights" in told
    assert "weights (2, 5)" in told


def test_the_page_shows_each_claim(capsys):
    runpy.run_path(cross_attention_use.__file__, run_name="__main__")
    page = [
        "tensor([[1.9298, 7.1331, 0.8791],",
        "        [1.8321, 5.9265, 2.1025]])",
    ]
    assert capsys.readouterr().out.splitlines() == [
        "three words",
        *page,
        "one word",
        "tensor([[1., 2., 3.],",
        "        [1., 2., 3.]])",
        "three words: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
        "two words",
        "tensor([[1.8193, 1.1807, 2.7290],",
        "        [1.2809, 1.7191, 1.9214]])",
        "causal",
        "tensor([[ True, False, False],",
        "        [ True,  True, False]])",
        "outputs",
        "tensor([[1.0000, 2.0000, 3.0000],",
        "        [1.6405, 5.8427, 1.0786]])",
        "without a mask",
        "tensor([[1.8032, 6.6651, 0.8214],",
        "        [1.7792, 5.7555, 2.0419]])",
        "with a mask",
        *page,
    ]


def test_the_steps_print_and_draw_their_results(capsys):
    runpy.run_path(cross_attention_target.__file__, run_name="__main__")
    runpy.run_path(module.__file__, run_name="__main__")
    told = [plt.figure(number).description for number in plt.get_fignums()]
    plt.close("all")
    assert ["weights (2, 3)" in told[0], "weights, shape (2, 3)" in told[1]] == [True, True]
    assert capsys.readouterr().out.splitlines() == [
        "self-attention in the target",
        "tensor([[1.0000, 2.0000, 1.5000],",
        "        [1.2809, 1.7191, 1.9214]])",
        "scores",
        "tensor([[0., 4., 2.],",
        "        [3., 4., 5.]])",
        "outputs",
        "tensor([[1.9298, 7.1331, 0.8791],",
        "        [1.8321, 5.9265, 2.1025]])",
    ]


def test_the_page_compares_heads_with_torch(capsys):
    ran = runpy.run_path(cross_attention_heads.__file__, run_name="__main__")
    assert ran["theirs"].in_proj_bias is None
    assert_close(ran["ours"], ran["their_outputs"])
    assert capsys.readouterr().out.splitlines() == [
        "shape of their outputs torch.Size([2, 4])",
        "shape of their weights torch.Size([2, 3])",
        "same outputs: True",
    ]
