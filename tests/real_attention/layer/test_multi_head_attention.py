# SPDX-License-Identifier: MIT
"""The layer agrees with nn.MultiheadAttention on generated cases, and keeps its promises."""

import inspect
import warnings

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.real_attention.layer.conversions import as_torch
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention

generated = settings(max_examples=60, deadline=None, derandomize=True, database=None)
exactly = {"rtol": 0, "atol": 0}
TOLERANCE = {
    torch.float32: {"rtol": 1e-4, "atol": 1e-5},
    torch.float64: {"rtol": 1e-9, "atol": 1e-12},
}


def made(*sizes, dtype=torch.float32, seed=0):
    return torch.randn(sizes, generator=torch.Generator().manual_seed(seed)).to(dtype)


def a_layer(d_model=12, n_heads=4, n_kv_heads=None, dtype=torch.float32, **options):
    torch.manual_seed(0)
    return MultiHeadAttention(d_model, n_heads, n_kv_heads, **options).to(dtype)


@generated
@given(
    dtype=st.sampled_from(list(TOLERANCE)),
    batch=st.sampled_from([1, 2, 3]),
    heads=st.sampled_from([1, 2, 3, 5]),
    d_k=st.sampled_from([1, 2, 3, 7]),
    queries=st.sampled_from([1, 2, 3, 5]),
    keys=st.sampled_from([1, 2, 3, 7]),
    mask=st.sampled_from(["none", "boolean", "added", "padding", "causal"]),
    seed=st.integers(0, 2**16),
)
def test_outputs_and_gradients_are_those_of_torch(
    dtype, batch, heads, d_k, queries, keys, mask, seed
):
    d_model = heads * d_k
    ours = a_layer(d_model, heads, dtype=dtype)
    theirs = as_torch(ours).to(dtype)
    x = made(batch, queries, d_model, dtype=dtype, seed=seed)
    context = made(batch, keys, d_model, dtype=dtype, seed=seed + 1)
    allowed = made(batch, heads, queries, keys, seed=seed + 2) > 0
    own, other = {}, {}
    if mask == "boolean":  # in PyTorch's layer, True hides
        own = {"mask": allowed}
        other = {"attn_mask": ~allowed.flatten(0, 1)}
    elif mask == "added":
        added = made(queries, keys, dtype=dtype, seed=seed + 3)
        own, other = {"mask": added}, {"attn_mask": added}
    elif mask == "padding":
        own = {"mask": allowed[:, :1, :1]}
        other = {"key_padding_mask": ~allowed[:, 0, 0]}
    elif mask == "causal":
        own = {"is_causal": True}
        other = {"attn_mask": ~torch.ones(queries, keys, dtype=torch.bool).tril()}
    outputs = ours(x, context, **own)
    expected, _ = theirs(x, context, context, need_weights=False, **other)
    assert_close(outputs, expected, **TOLERANCE[dtype])
    (outputs * x).sum().backward()
    (expected * x).sum().backward()
    packed = torch.cat([w.weight.grad for w in (ours.w_query, ours.w_key, ours.w_value)])
    biases = torch.cat([w.bias.grad for w in (ours.w_query, ours.w_key, ours.w_value)])
    assert_close(packed, theirs.in_proj_weight.grad, **TOLERANCE[dtype])
    assert_close(biases, theirs.in_proj_bias.grad, **TOLERANCE[dtype])
    assert_close(ours.w_output.weight.grad, theirs.out_proj.weight.grad, **TOLERANCE[dtype])


def test_without_gradients_torch_takes_a_path_of_its_own_to_the_same_outputs():
    ours = a_layer().eval()
    theirs = as_torch(ours).eval()
    x = made(2, 5, 12)
    with torch.no_grad():
        assert_close(ours(x), theirs(x, x, x)[0])


def in_plain_words(layer, x, context, mask=None):
    """Compute each query head with its key head, one after the other."""
    outputs = []
    heads = layer.w_query.out_features // layer.d_k
    shared = layer.w_query.out_features // layer.w_key.out_features
    for head in range(heads):
        own, group = (slice(i * layer.d_k, (i + 1) * layer.d_k) for i in (head, head // shared))
        queries = layer.w_query(x)[..., own]
        keys, values = layer.w_key(context)[..., group], layer.w_value(context)[..., group]
        scores = torch.einsum("bqd,bkd->bqk", queries, keys) * (layer.scale or layer.d_k**-0.5)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, head], -torch.inf)
        outputs.append(torch.einsum("bqk,bkd->bqd", scores.softmax(dim=-1), values))
    return layer.w_output(torch.cat(outputs, dim=-1))


@pytest.mark.parametrize("n_kv_heads", [1, 2, 3, 6])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_neighboring_heads_share_a_key_head(n_kv_heads, bias, scale):
    layer = a_layer(30, 6, n_kv_heads, bias=bias, scale=scale)
    x, context = made(2, 5, 30), made(2, 7, 30, seed=1)
    mask = made(2, 6, 5, 7, seed=2) > -1
    mask[..., 0] = True
    assert_close(layer(x, context, mask=mask), in_plain_words(layer, x, context, mask))


def test_grouped_heads_are_fewer_numbers_and_bias_can_be_left_out():
    shapes = {name: tuple(p.shape) for name, p in a_layer(12, 6, 2, bias=False).named_parameters()}
    assert shapes == {
        "w_query.weight": (12, 12),
        "w_key.weight": (4, 12),
        "w_value.weight": (4, 12),
        "w_output.weight": (12, 12),
    }
    assert {name for name, _ in a_layer().named_parameters() if "bias" in name} == {
        "w_query.bias",
        "w_key.bias",
        "w_value.bias",
        "w_output.bias",
    }


def test_dropout_is_on_in_training_and_off_in_eval():
    layer, x = a_layer(dropout=0.5), made(2, 5, 12)
    assert layer.training
    assert not torch.allclose(layer(x), layer(x))
    layer.eval()
    assert_close(layer(x), layer(x), **exactly)
    assert_close(layer(x), a_layer()(x), **exactly)  # a layer without dropout


def test_dropout_drops_weights_and_not_outputs():
    layer, x = a_layer(dropout=1.0), made(2, 5, 12)
    assert_close(layer(x), layer.w_output.bias.expand(2, 5, 12), **exactly)


@pytest.mark.parametrize("mask", [None, torch.ones(7, 7).bool()])
def test_the_future_does_not_leak(mask):
    layer, x = a_layer(), made(2, 7, 12)
    before = layer(x, mask=mask, is_causal=True)
    for seen in range(1, 7):
        changed = torch.cat([x[:, :seen], made(2, 7 - seen, 12, seed=seen)], dim=1)
        after = layer(changed, mask=mask, is_causal=True)
        assert_close(after[:, :seen], before[:, :seen], **exactly)
        assert not torch.allclose(after[:, seen:], before[:, seen:])


def test_padding_does_not_leak():
    layer, x = a_layer(), made(2, 7, 12)
    real = torch.arange(7) < 4
    changed = x.where(real[:, None], torch.tensor(99.0))
    outputs = [layer(one, mask=real)[:, :4] for one in (x, changed)]
    assert_close(*outputs, **exactly)
    assert_close(outputs[0], layer(x[:, :4]))


def test_inputs_in_another_order_give_the_outputs_in_that_order():
    layer, x = a_layer(), made(2, 7, 12)
    order = torch.randperm(7, generator=torch.Generator().manual_seed(0))
    assert not torch.equal(order, torch.arange(7))
    assert_close(layer(x[:, order]), layer(x)[:, order])
    assert_close(layer(x, context=x[:, order]), layer(x))


def test_a_batch_is_a_loop_over_its_examples():
    layer, x = a_layer(), made(5, 3, 12)
    assert_close(layer(x), torch.stack([layer(one) for one in x]))
    assert_close(layer(x.view(5, 1, 3, 12)), layer(x).view(5, 1, 3, 12))


@pytest.mark.parametrize("shape", [(0, 3, 12), (2, 0, 12), (2, 1, 12)])
def test_sizes_0_and_1(shape):
    assert a_layer()(torch.ones(shape)).shape == shape


def test_without_anything_to_attend_to_the_output_is_the_bias():
    layer = a_layer()
    outputs = layer(made(2, 5, 12), context=torch.ones(2, 0, 12))
    assert_close(outputs, layer.w_output.bias.expand(2, 5, 12), **exactly)


def test_16_bits_come_out_as_16_bits():
    layer, x = a_layer(), made(2, 5, 12)
    outputs = a_layer(dtype=torch.bfloat16)(x.bfloat16())
    assert outputs.dtype == torch.bfloat16
    assert_close(outputs.float(), layer(x), rtol=0, atol=0.02)  # four projections round too


def test_inputs_that_are_not_contiguous():
    layer = a_layer()
    x = made(5, 2, 12).transpose(0, 1)
    assert not x.is_contiguous()
    assert_close(layer(x), layer(x.contiguous()))


def test_gradients_are_the_slopes_of_the_outputs():
    layer = a_layer(4, 2, 1, dtype=torch.float64)
    x = made(1, 3, 4, dtype=torch.float64).requires_grad_()
    context = made(1, 2, 4, dtype=torch.float64, seed=1).requires_grad_()
    added = made(3, 2, dtype=torch.float64, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x, context, mask: layer(x, context, mask=mask, is_causal=True), (x, context, added)
    )


def test_the_compiler_traces_the_layer_without_a_break():
    """Everything after the trace is the compiler's own work, and would need a minute of C++."""
    layer = a_layer(12, 4, 2).eval()
    x, mask = made(2, 5, 12), made(2, 1, 5, 5, seed=1) > -1
    expected = layer(x, mask=mask, is_causal=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations within the compiler
        compiled = torch.compile(layer, backend="eager", fullgraph=True)
        outputs = compiled(x, mask=mask, is_causal=True)
    assert_close(outputs, expected)


def test_the_layer_exports_with_free_sizes():
    layer = a_layer(12, 4, 2).eval()
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    exported = torch.export.export(
        layer,
        (made(2, 5, 12),),
        {"mask": torch.ones(5, 5, dtype=torch.bool), "is_causal": True},
        dynamic_shapes={
            "x": {0: batch, 1: length},
            "mask": {0: length, 1: length},
            "is_causal": None,
        },
    )
    x, mask = made(3, 7, 12), made(7, 7, seed=1) > 0
    outputs = exported.module()(x, mask=mask, is_causal=True)
    assert_close(outputs, layer(x, mask=mask, is_causal=True))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: MultiHeadAttention(10, 3), "d_model, 10, is not divisible by n_heads, 3"),
        (lambda: MultiHeadAttention(10, 0), "d_model, 10, is not divisible by n_heads, 0"),
        (lambda: MultiHeadAttention(0, 2), "d_model, 0, is not divisible by n_heads, 2"),
        (lambda: MultiHeadAttention(12, 6, 4), "n_heads, 6, is not divisible by n_kv_heads, 4"),
        (lambda: MultiHeadAttention(12, 6, 0), "n_heads, 6, is not divisible by n_kv_heads, 0"),
        (
            lambda: a_layer()(torch.ones(2, 5, 13)),
            "x is (2, 5, 13), not (batch, length, 12)",
        ),
        (lambda: a_layer()(torch.ones(12)), "x is (12,), not (batch, length, 12)"),
        (
            lambda: a_layer()(torch.ones(2, 5, 12), torch.ones(2, 7, 11)),
            "context is (2, 7, 11), not (batch, length, 12)",
        ),
        (
            lambda: a_layer()(torch.ones(2, 5, 12), mask=torch.ones(2, 5).bool()),
            "attn_mask (2, 5) does not broadcast to the scores, (..., queries, keys) = (2, 4, 5, 5)",
        ),
        (
            lambda: a_layer()(torch.ones(2, 5, 12), torch.ones(3, 7, 12)),
            "query (2, 4, 5, 3), key (3, 4, 7, 3)",
        ),
    ],
)
def test_bad_input_is_reported_in_words(bad, words):
    with pytest.raises(ValueError) as told:
        bad()
    assert words in str(told.value)


def test_integers_are_refused_in_words():
    with pytest.raises(TypeError) as told:
        a_layer()(torch.ones(2, 5, dtype=torch.int64))
    assert str(told.value) == "x must be floating-point, not torch.int64 (2, 5)"


def test_the_layer_runs_under_autocast():
    layer, x = a_layer(), made(2, 5, 12)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = layer(layer(x, is_causal=True))
    assert outputs.dtype == torch.bfloat16
    assert_close(outputs.float(), layer(layer(x, is_causal=True)), rtol=0, atol=0.02)


def test_the_layer_has_fewer_than_90_lines():
    assert len(inspect.getsource(MultiHeadAttention).splitlines()) < 90


def test_the_layer_computes_only_with_our_function(monkeypatch):
    monkeypatch.setattr(F, "scaled_dot_product_attention", None)
    assert a_layer()(made(2, 5, 12)).shape == (2, 5, 12)
