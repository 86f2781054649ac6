# SPDX-License-Identifier: MIT
"""Tests of multi_head_attention.py. Take this file along with it, and change the import."""

import ast
import inspect
import itertools
import math
import pickle
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.bias import causal_lower_right, causal_upper_left
from torch.testing import assert_close

from snippets.take_along.multi_head_attention import (
    Cache,
    MultiHeadAttention,
    as_torch,
    from_torch,
    load_packed,
    scaled_dot_product_attention,
)


def drawn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


@pytest.fixture
def qkv():
    """Axes of unequal primes: batch 2, heads 3, queries 5, keys 7, d_k 11, d_v 13."""
    return drawn(2, 3, 5, 11), drawn(2, 3, 7, 11, seed=1), drawn(2, 3, 7, 13, seed=2)


# ---- the function --------------------------------------------------------------------------------
SEEN = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(3)) > 0.3
SEEN[..., 0] = True
SHAPES = [
    (5, 7),
    (1, 7),
    (5, 1),
    (1, 1),
    (7,),
    (),
    (2, 1, 5, 7),
    (2, 3, 5, 7),
    (2, 1, 1, 7),
    (1, 3, 1, 1),
    (3, 5, 7),
    (1, 1, 5, 7),
]


def cut(mask, shape):
    """Return a mask of this shape, cut from a mask of four axes."""
    for axis, size in enumerate((*[1] * (4 - len(shape)), *shape)):
        mask = mask.narrow(axis, 0, size)
    return mask.reshape(shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", ["bool", "float"])
def test_every_mask_that_broadcasts_is_torchs(qkv, shape, kind):
    mask = cut(SEEN, shape) if kind == "bool" else cut(drawn(2, 3, 5, 7, seed=4), shape)
    for is_causal in (False, True):
        full = mask.expand(2, 3, 5, 7)
        if is_causal:
            past = torch.ones(5, 7, dtype=torch.bool).tril()
            full = full & past if kind == "bool" else full.masked_fill(~past, -math.inf)
        expected = F.scaled_dot_product_attention(*qkv, attn_mask=full)
        assert_close(scaled_dot_product_attention(*qkv, mask, is_causal=is_causal), expected)


@pytest.mark.parametrize("scale", [None, 0.3, 0.0, -1.0, 2])
def test_any_scale_is_torchs(qkv, scale):
    expected = F.scaled_dot_product_attention(*qkv, scale=scale)
    assert_close(scaled_dot_product_attention(*qkv, scale=scale), expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_dtype_stays_and_16_bits_are_added_up_in_32(qkv, dtype):
    narrow = [t.to(dtype) for t in qkv]
    outputs = scaled_dot_product_attention(*narrow)
    assert outputs.dtype == dtype
    exact = scaled_dot_product_attention(*(t.double() for t in narrow))
    assert (outputs.double() - exact).abs().max() <= torch.finfo(dtype).eps * exact.abs().max()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("given", [torch.float32, torch.float16, torch.bfloat16])
def test_autocast_gives_torchs_dtype_and_numbers(dtype, given):
    q, k, v = (3 * drawn(2, 4, 64, 64, seed=seed) for seed in range(3))
    with torch.autocast("cpu", dtype=dtype):
        ours = scaled_dot_product_attention(q.to(given), k.to(given), v.to(given))
        theirs = F.scaled_dot_product_attention(q.to(given), k.to(given), v.to(given))
    assert ours.dtype == theirs.dtype == dtype
    narrow = [t.to(given).to(dtype).double() for t in (q, k, v)]
    exact = F.scaled_dot_product_attention(*narrow)
    assert (ours.double() - exact).abs().max() <= torch.finfo(dtype).eps * exact.abs().max()


def test_autocast_does_not_overflow_16_bits():
    q = k = torch.full((1, 1, 2, 64), 40.0)
    v = torch.eye(2)[None, None]
    with torch.autocast("cpu", dtype=torch.float16):
        assert scaled_dot_product_attention(q, k, v)[0, 0, 0].tolist() == [0.5, 0.5]
    half = scaled_dot_product_attention(q.half(), k.half(), v.half())
    assert half[0, 0, 0].tolist() == [0.5, 0.5]
    layer = MultiHeadAttention(64, 1, bias=False)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.eye(64))
        with torch.autocast("cpu", dtype=torch.float16):
            assert layer(torch.full((1, 3, 64), 40.0)).isfinite().all()


def test_mixed_dtypes_under_autocast_are_torchs(qkv):
    q, k, v = qkv[0], qkv[1], qkv[2].bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert scaled_dot_product_attention(q, k, v).dtype == torch.bfloat16


def test_a_query_without_keys_gets_zeros_and_finite_gradients(qkv):
    seen = torch.ones(5, 7, dtype=torch.bool)
    seen[2] = False
    added = torch.zeros(5, 7).masked_fill(~seen, -math.inf)
    for mask in (seen, added, added.expand(2, 1, 5, 7)):
        leaves = [t.clone().requires_grad_() for t in qkv]
        outputs = scaled_dot_product_attention(*leaves, mask)
        assert (outputs[..., 2, :] == 0).all()
        outputs.sum().backward()
        assert all(t.grad.isfinite().all() for t in leaves)
        assert (leaves[0].grad[..., 2, :] == 0).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients_reach_additive_masks_of_every_shape(shape):
    q, k, v = (drawn(2, 3, n, 4, seed=n, dtype=torch.float64) for n in (5, 7, 7))
    mask = cut(drawn(2, 3, 5, 7, seed=9, dtype=torch.float64), shape).clone().requires_grad_()
    ours = torch.autograd.grad(scaled_dot_product_attention(q, k, v, mask).square().sum(), mask)
    full = mask.expand(2, 3, 5, 7)
    expected = torch.autograd.grad(
        F.scaled_dot_product_attention(q, k, v, full).square().sum(), mask
    )
    assert_close(ours, expected)
    assert ours[0].abs().sum() > 0


def test_gradients_are_right(qkv):
    doubles = [t[:1, :2].double().requires_grad_() for t in qkv]
    assert torch.autograd.gradcheck(scaled_dot_product_attention, doubles)
    assert torch.autograd.gradcheck(
        lambda *t: scaled_dot_product_attention(*t, is_causal=True), doubles
    )


def test_gradients_reach_the_values_under_dropout(qkv):
    torch.manual_seed(0)
    leaves = [t.clone().requires_grad_() for t in qkv]
    scaled_dot_product_attention(*leaves, dropout_p=0.5).sum().backward()
    assert all(t.grad.abs().sum() > 0 for t in leaves)


def test_dropout_drops_its_share_and_enlarges_the_rest():
    torch.manual_seed(0)
    q, k, v = torch.zeros(1, 400, 1), torch.zeros(1, 100, 1), torch.eye(100)[None]
    weights = scaled_dot_product_attention(q, k, v, dropout_p=0.25)
    assert_close(weights.unique(), torch.tensor([0, 1 / 75]))
    assert abs((weights == 0).float().mean() - 0.25) < 0.01


def test_the_callers_tensors_stay(qkv):
    for mask in (SEEN.clone(), drawn(5, 7), torch.ones(5, 7, dtype=torch.bool)):
        given = [*qkv, mask]
        before = [t.clone() for t in given]
        scaled_dot_product_attention(*given, is_causal=True)
        scaled_dot_product_attention(
            qkv[0][0, 0],
            qkv[1][0, 0],
            qkv[2][0, 0],
            before[-1][..., :5, :7].reshape(-1, 5, 7)[0],
            is_causal=True,
        )
        for t, copy in zip(given, before, strict=True):
            assert torch.equal(t, copy)


def test_grouped_heads_are_repeated_for_their_neighbors():
    q, k, v = drawn(2, 6, 5, 4), drawn(2, 3, 7, 4, seed=1), drawn(2, 3, 7, 4, seed=2)
    expected = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    assert_close(scaled_dot_product_attention(q, k, v, enable_gqa=True), expected)
    with pytest.raises(
        ValueError, match="6 heads of query cannot share 4 heads of key or value evenly: query"
    ):
        scaled_dot_product_attention(q, drawn(2, 4, 7, 4), drawn(2, 4, 7, 4), enable_gqa=True)
    with pytest.raises(ValueError, match="an axis of heads"):
        scaled_dot_product_attention(q[0, 0], k[0, 0], v[0, 0], enable_gqa=True)


def test_the_weights_come_on_request(qkv):
    outputs, weights = scaled_dot_product_attention(*qkv, SEEN, need_weights=True)
    assert_close(weights @ qkv[2], outputs)
    assert_close(weights.sum(-1), torch.ones(2, 3, 5))
    assert (weights[~SEEN] == 0).all()
    torch.manual_seed(0)
    _, before_dropout = scaled_dot_product_attention(*qkv, SEEN, 0.5, need_weights=True)
    assert_close(before_dropout, weights)


def test_is_causal_leaves_the_mask_of_the_caller_alone(qkv):
    for shape in [(5, 7), (2, 3, 5, 7)]:
        mask = torch.ones(shape, dtype=torch.bool)
        scaled_dot_product_attention(*qkv, mask, is_causal=True)
        assert mask.all()


def test_capped_scores_stay_between_their_bounds_and_hidden_keys_stay_hidden(qkv):
    q, k, v = 4 * qkv[0], *qkv[1:]
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    expected = (3 * (scores / 3).tanh()).masked_fill(~SEEN, -math.inf).softmax(dim=-1)
    _, weights = scaled_dot_product_attention(q, k, v, SEEN, softcap=3.0, need_weights=True)
    assert_close(weights, expected)
    assert scores.abs().max() > 3
    assert (weights[~SEEN] == 0).all()


@pytest.mark.parametrize("bias", [causal_lower_right, causal_upper_left])
def test_torchs_causal_bias_is_refused(qkv, bias):
    with pytest.raises(TypeError, match=r"attn_mask is a CausalBias: .*tril"):
        scaled_dot_product_attention(*qkv, bias(5, 7))
    with pytest.raises(TypeError, match="CausalBias"):
        MultiHeadAttention(8, 2)(drawn(1, 5, 8), mask=bias(5, 5))


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"attn_mask": [[True]]}, TypeError, "attn_mask is a list"),
        (
            {"attn_mask": torch.ones(5, 7, dtype=torch.int64)},
            TypeError,
            r"torch.int64: it needs to be torch.bool \(True = may attend\), or torch.float32, to be",
        ),
        (
            {"attn_mask": torch.ones(5, 7, dtype=torch.float64)},
            TypeError,
            "attn_mask is torch.float64",
        ),
        (
            {"attn_mask": torch.ones(7, 5)},
            ValueError,
            r"attn_mask \(7, 5\) does not broadcast to the scores, .* = \(2, 3, 5, 7\)",
        ),
        ({"attn_mask": torch.ones(1, 2, 3, 5, 7)}, ValueError, "does not broadcast"),
        ({"dropout_p": 1.5}, ValueError, "0 to 1, not 1.5"),
        ({"dropout_p": -0.1}, ValueError, "0 to 1, not -0.1"),
        (
            {"query": torch.ones(5, 11, dtype=torch.int64)},
            TypeError,
            "one floating-point dtype, not torch.int64, torch.float32",
        ),
        (
            {"key": torch.ones(2, 3, 7, 11).double()},
            TypeError,
            "not torch.float32, torch.float64 and",
        ),
        ({"query": torch.ones(11)}, ValueError, r"two axes or more: query \(11,\), key"),
        ({"query": torch.ones(5, 3)}, ValueError, "d_k, the last axis of query and key, differs"),
        (
            {"value": torch.ones(2, 3, 5, 13)},
            ValueError,
            "the number of keys and of values differs",
        ),
        ({"key": torch.ones(2, 4, 7, 11)}, ValueError, "leading axes do not broadcast"),
    ],
    ids=lambda x: str(x)[:40],
)
def test_tensors_that_do_not_fit_are_refused_in_words(qkv, wrong, error, words):
    given = dict(zip(("query", "key", "value"), qkv, strict=True)) | wrong
    with pytest.raises(error, match=words):
        scaled_dot_product_attention(**given)


def test_nested_tensors_are_refused_in_words():
    nested = torch.nested.nested_tensor([torch.ones(2, 4), torch.ones(3, 4)], layout=torch.jagged)
    with pytest.raises(TypeError, match="pad nested tensors"):
        scaled_dot_product_attention(nested, nested, nested)


def test_a_mask_of_three_axes_is_refused_where_it_may_mean_two_things():
    q = drawn(3, 3, 5, 4)
    mask = torch.ones(3, 5, 5, dtype=torch.bool).tril()
    with pytest.raises(ValueError, match=r"for 3 examples or 3 heads: give it 4 axes"):
        scaled_dot_product_attention(q, q, q, mask)
    scaled_dot_product_attention(q, q, q, mask[None])
    scaled_dot_product_attention(q, q, q, mask[:, None])
    scaled_dot_product_attention(q[:2], q[:2], q[:2], mask)  # heads: there are 2 examples
    layer = MultiHeadAttention(12, 3)
    with pytest.raises(ValueError, match="3 examples or 3 heads"):
        layer(drawn(3, 5, 12), mask=mask)
    with pytest.raises(ValueError, match="does not broadcast"):
        MultiHeadAttention(12, 4)(drawn(3, 5, 12), mask=mask)


def test_edges_are_torchs(qkv):
    for axis, size in itertools.product((2, 3), (0, 1)):
        q, k, v = qkv[0].narrow(axis, 0, size), qkv[1], qkv[2]
        if axis == 3:
            k = k.narrow(3, 0, size)
        assert_close(scaled_dot_product_attention(q, k, v), F.scaled_dot_product_attention(q, k, v))
    none = scaled_dot_product_attention(qkv[0], qkv[1][:, :, :0], qkv[2][:, :, :0])
    assert (none == 0).all()


def test_the_scores_are_held_twice_at_most():
    """Count the tensors as large as the scores that a call makes, without a mask and gradients."""
    from torch.utils._python_dispatch import TorchDispatchMode

    made, kept = {}, []

    class Count(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            if isinstance(out, torch.Tensor) and out.numel() == 4 * 64 * 64:
                made[out.untyped_storage().data_ptr()] = func.__name__
                kept.append(out)  # so that no address is reused
            return out

    q = drawn(1, 4, 64, 8)
    with torch.no_grad(), Count():
        scaled_dot_product_attention(q, q, q)
    assert len(made) == 2, made  # scores and weights
    made.clear()
    with torch.no_grad(), Count():
        scaled_dot_product_attention(q, q, q, is_causal=True)
    assert len(made) == 3, made  # and masked scores, but no triangle for each head


# ---- compilation and devices ---------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("dynamic", [None, True])
@pytest.mark.parametrize("masked", [False, True])
def test_the_layer_compiles_without_a_break_for_changing_lengths(dynamic, masked):
    torch._dynamo.reset()
    layer = MultiHeadAttention(16, 4, 2).eval()
    compiled = torch.compile(layer, fullgraph=True, backend="eager", dynamic=dynamic)
    for n in (5, 6, 9):
        x = drawn(2, n, 16)
        mask = {"mask": torch.ones(n, n, dtype=torch.bool).tril()} if masked else {}
        assert_close(compiled(x, is_causal=True, **mask), layer(x, is_causal=True, **mask))


def test_the_layer_compiles_under_autocast_and_exports():
    torch._dynamo.reset()
    layer = MultiHeadAttention(16, 4, 2).eval()
    x = drawn(2, 5, 16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        compiled = torch.compile(layer, fullgraph=True, backend="eager")
        assert_close(compiled(x), layer(x))
    length = torch.export.Dim("length", min=2, max=64)
    exported = torch.export.export(layer, (x,), dynamic_shapes={"x": {1: length}}).module()
    assert_close(exported(drawn(2, 9, 16)), layer(drawn(2, 9, 16)))


def test_the_layer_can_be_traced():
    layer, x = MultiHeadAttention(8, 2).eval(), drawn(2, 5, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is deprecated
        traced = torch.jit.trace(layer, (x,))
    assert_close(traced(x), layer(x))


def test_meta_tensors_pass_through():
    layer = MultiHeadAttention(16, 4, 2).to("meta")
    x = torch.empty(2, 5, 16, device="meta")
    cache = Cache()
    assert layer(x, is_causal=True, cache=cache).shape == x.shape
    assert layer(x[:, :1], is_causal=True, cache=cache).device.type == "meta"


def test_vmap_and_per_sample_gradients(qkv):
    batched = torch.vmap(scaled_dot_product_attention)(*qkv, SEEN)
    assert_close(batched, scaled_dot_product_attention(*qkv, SEEN))


# ---- the layer -----------------------------------------------------------------------------------
def in_plain_words(layer, x, context=None, mask=None, is_causal=False):
    """Compute what the layer computes, example by example and head by head."""
    context = x if context is None else context
    outputs = []
    for b in range(len(x)):
        heads = []
        for h in range(layer.n_heads):
            g = h // (layer.n_heads // layer.n_kv_heads)
            rows, shared = (
                slice(h * layer.d_k, (h + 1) * layer.d_k),
                slice(g * layer.d_k, (g + 1) * layer.d_k),
            )
            q = layer.w_query(x[b])[:, rows]
            k, v = layer.w_key(context[b])[:, shared], layer.w_value(context[b])[:, shared]
            scores = q @ k.T * (layer.d_k**-0.5 if layer.scale is None else layer.scale)
            if mask is not None:
                one = mask.expand(len(x), layer.n_heads, *scores.shape)[b, h]
                scores = (
                    scores.masked_fill(~one, -math.inf) if one.dtype == torch.bool else scores + one
                )
            if is_causal:
                scores = scores.masked_fill(torch.ones_like(scores).tril() == 0, -math.inf)
            heads.append(scores.softmax(-1) @ v)
        outputs.append(layer.w_output(torch.cat(heads, -1)))
    return torch.stack(outputs)


LAYERS = [
    {}, {"n_kv_heads": 2}, {"n_kv_heads": 1}, {"d_k": 5}, {"d_k": 8, "n_kv_heads": 2}, {"bias": False},
    {"bias": {"query", "value"}}, {"bias": ("output",)}, {"scale": 0.3}, {"scale": 0.0}, {"dropout": 1.0},
]  # fmt: skip


@pytest.mark.parametrize("settings", LAYERS, ids=range(len(LAYERS)))
def test_the_layer_computes_what_plain_loops_compute(settings):
    torch.manual_seed(0)
    layer = MultiHeadAttention(12, 4, **settings).eval()
    x, context = drawn(2, 5, 12), drawn(2, 7, 12, seed=1)
    assert_close(layer(x), in_plain_words(layer, x))
    assert_close(layer(x, is_causal=True), in_plain_words(layer, x, is_causal=True))
    assert_close(
        layer(x, context, mask=SEEN[:, :1]), in_plain_words(layer, x, context, SEEN[:, :1])
    )
    alibi = drawn(4, 5, 7, seed=2)  # (heads, queries, keys)
    assert_close(layer(x, context, mask=alibi), in_plain_words(layer, x, context, alibi))
    assert_close(layer(x[0]), layer(x)[0])


@pytest.mark.parametrize(
    ("bias", "names"),
    [
        (True, "query key value output"),
        (False, ""),
        ({"query", "key"}, "query key"),
        (["output"], "output"),
    ],
)
def test_each_projection_may_have_a_bias(bias, names):
    layer = MultiHeadAttention(8, 2, bias=bias)
    assert {n[2:-5] for n, _ in layer.named_parameters() if n.endswith("bias")} == set(
        names.split()
    )


def test_dropout_is_for_training():
    layer, x = MultiHeadAttention(8, 2, dropout=0.5), drawn(1, 5, 8)
    assert not torch.equal(layer.train()(x), layer.train()(x))
    assert torch.equal(layer.eval()(x), layer.eval()(x))


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: MultiHeadAttention(16.0, 4), TypeError, "d_model is a whole number, not 16.0"),
        (lambda: MultiHeadAttention(16, "4"), TypeError, "n_heads is a whole number, not '4'"),
        (lambda: MultiHeadAttention(16, 5), ValueError, "d_model, 16, is not divisible by n_heads, 5"),
        (lambda: MultiHeadAttention(16, 4, 3), ValueError, "n_heads, 4, is not divisible by n_kv_heads, 3"),
        (lambda: MultiHeadAttention(16, 4, d_k=0), ValueError, "d_k, 0,"),
        (lambda: MultiHeadAttention(16, 4, dropout=1.5), ValueError, "0 to 1, not 1.5"),
        (lambda: MultiHeadAttention(16, 4, dropout=-1), ValueError, "0 to 1, not -1"),
        (lambda: MultiHeadAttention(16, 4, bias={"q"}), ValueError, "bias is True, False or of"),
        (lambda: MultiHeadAttention(16, 4, bias="query"), ValueError, "bias is True, False or of"),
        (lambda: MultiHeadAttention(16, 4)(drawn(2, 5, 16).double()), TypeError, "x is torch.float64, the layer is torch.float32"),
        (lambda: MultiHeadAttention(16, 4)(torch.ones(2, 5, 16).long()), TypeError, "x must be floating-point"),
        (lambda: MultiHeadAttention(16, 4)(drawn(2, 5, 8)), ValueError, r"x is \(2, 5, 8\), not \(batch, length, 16\)"),
        (lambda: MultiHeadAttention(16, 4)(drawn(2, 5, 16), drawn(2, 5, 8)), ValueError, "context is"),
    ],
)  # fmt: skip
def test_bad_arguments_of_the_layer_are_refused_in_words(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_a_call_like_torchs_layer_is_refused():
    x = drawn(1, 8, 8)
    with pytest.raises(TypeError, match="positional"):
        MultiHeadAttention(8, 2)(x, x, x)


def test_the_repr_lists_the_settings():
    words = repr(MultiHeadAttention(12, 4, 2, d_k=5, dropout=0.1, scale=0.3))
    assert "n_heads=4, n_kv_heads=2, d_k=5, dropout=0.1, scale=0.3" in words


def test_the_layer_gives_its_weights():
    layer, x = MultiHeadAttention(12, 4, 2), drawn(2, 5, 12)
    outputs, weights = layer(x, is_causal=True, need_weights=True)
    assert weights.shape == (2, 4, 5, 5)
    assert_close(weights, weights.tril())
    assert_close(outputs, layer(x, is_causal=True))


def test_the_hook_gets_queries_keys_and_their_positions():
    got = []

    def adjust(queries, keys, positions):
        got.append((tuple(queries.shape), tuple(keys.shape), positions.tolist()))
        return queries * 0, keys

    layer, x = MultiHeadAttention(12, 4, 2, adjust=adjust), drawn(2, 5, 12)
    _, weights = layer(x, need_weights=True)
    assert_close(weights, torch.full((2, 4, 5, 5), 0.2))
    cache = Cache()
    layer(x, cache=cache)
    layer(x[:, :1], cache=cache)
    layer(x, positions=torch.tensor([[0, 0, 1, 2, 3], [0, 1, 2, 3, 4]]))
    shapes = (2, 4, 5, 3), (2, 2, 5, 3)
    one = (2, 4, 1, 3), (2, 2, 1, 3)
    given = [[0, 0, 1, 2, 3], [0, 1, 2, 3, 4]]
    assert got == [
        (*shapes, [0, 1, 2, 3, 4]),
        (*shapes, [0, 1, 2, 3, 4]),
        (*one, [5]),
        (*shapes, given),
    ]


def test_a_hook_that_is_a_module_is_part_of_the_layer():
    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.query, self.key = nn.RMSNorm(3), nn.RMSNorm(3)

        def forward(self, queries, keys, positions):
            return self.query(queries), self.key(keys)

    layer = MultiHeadAttention(12, 4, adjust=Norm())
    assert "adjust.query.weight" in layer.state_dict()


@pytest.mark.parametrize("chunks", [[1] * 7, [4, 1, 1, 1], [2, 3, 2], [7]])
@pytest.mark.parametrize("pairs", [None, "halves", "neighbors"])
def test_steps_with_a_cache_agree_with_the_whole(chunks, pairs):
    from snippets.take_along.rotary import rotate

    def turn(queries, keys, positions):
        return rotate(queries, positions, pairs=pairs), rotate(keys, positions, pairs=pairs)

    torch.manual_seed(0)
    layer = MultiHeadAttention(16, 4, 2, adjust=turn if pairs else None).eval()
    x, cache = drawn(2, 7, 16), Cache()
    whole = layer(x, is_causal=True)
    steps = [layer(part, is_causal=True, cache=cache) for part in x.split(chunks, dim=1)]
    assert_close(torch.cat(steps, 1), whole)
    assert len(cache) == 7
    assert cache.keys.shape == (2, 2, 7, 4)


@pytest.mark.parametrize("kind", ["bool", "float"])
def test_a_mask_holds_with_a_cache(kind):
    layer, x, cache = MultiHeadAttention(16, 4).eval(), drawn(2, 7, 16), Cache()
    real = torch.ones(2, 1, 1, 7, dtype=torch.bool)
    real[0, ..., :2] = False  # padding on the left
    mask = real if kind == "bool" else torch.zeros(2, 1, 1, 7).masked_fill(~real, -math.inf)
    whole = layer(x, mask=mask, is_causal=True)
    layer(x[:, :4], mask=mask[..., :4], is_causal=True, cache=cache)
    assert_close(layer(x[:, 4:], mask=mask, is_causal=True, cache=cache), whole[:, 4:])


# ---- conversions ---------------------------------------------------------------------------------
TORCH = [
    {},
    {"bias": False},
    {"scale": 0.3},
    {"n_kv_heads": 2},
    {"n_kv_heads": 1, "bias": False, "scale": 2.0},
    {"dropout": 0.5},
]


@pytest.mark.parametrize("settings", TORCH, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_as_torch_is_the_same_layer(settings, dtype):
    torch.manual_seed(0)
    layer = MultiHeadAttention(12, 4, **settings).to(dtype).eval()
    with torch.no_grad():
        for p in layer.parameters():
            p.normal_()
    module = as_torch(layer)
    x, context = drawn(2, 5, 12, dtype=dtype), drawn(2, 7, 12, seed=1, dtype=dtype)
    assert_close(module(x, context, context)[0], layer(x, context))
    assert module.dropout == layer.dropout
    assert not module.training
    assert as_torch(layer.train()).training


@pytest.mark.parametrize(
    "wrong", [{"d_k": 5}, {"bias": {"query"}}, {"adjust": lambda q, k, p: (q, k)}], ids=" ".join
)
def test_as_torch_refuses_layers_without_a_counterpart(wrong):
    with pytest.raises(ValueError, match=r"nn\.MultiheadAttention has"):
        as_torch(MultiHeadAttention(12, 4, **wrong))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_from_torch_is_the_same_layer(bias, dtype):
    torch.manual_seed(0)
    module = nn.MultiheadAttention(
        12, 4, dropout=0.3, bias=bias, batch_first=True, dtype=dtype
    ).eval()
    with torch.no_grad():
        for p in module.parameters():
            p.normal_()
    layer = from_torch(module)
    x = drawn(2, 5, 12, dtype=dtype)
    assert_close(layer(x), module(x, x, x)[0])
    assert layer.dropout == 0.3
    assert not layer.training


@pytest.mark.parametrize(
    "wrong", [{"kdim": 5}, {"add_bias_kv": True}, {"add_zero_attn": True}], ids=str
)
def test_from_torch_refuses_layers_without_a_counterpart(wrong):
    with pytest.raises(ValueError, match="no counterpart"):
        from_torch(nn.MultiheadAttention(12, 4, **wrong))


@pytest.mark.parametrize("bias", [True, False])
def test_packed_projections_are_loaded(bias):
    layer = MultiHeadAttention(12, 4, 2, bias={"query", "key", "value"} if bias else False)
    packed = nn.Linear(12, 12 + 6 + 6, bias)
    assert load_packed(layer, packed.weight, packed.bias) is layer
    x = drawn(2, 5, 12)
    parts = torch.cat([layer.w_query(x), layer.w_key(x), layer.w_value(x)], -1)
    assert_close(parts, packed(x))
    with pytest.raises(ValueError, match="a bias both, or neither"):
        load_packed(layer, packed.weight, None if bias else torch.ones(24))


def test_the_layer_can_be_pickled():
    layer, x = MultiHeadAttention(8, 2), drawn(1, 5, 8)
    assert_close(pickle.loads(pickle.dumps(layer))(x), layer(x))


# ---- the file ------------------------------------------------------------------------------------
def test_the_layer_is_short():
    lines = inspect.getsource(MultiHeadAttention).splitlines()
    code = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(code) < 90


def test_the_file_needs_only_torch():
    imported = set()
    for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(MultiHeadAttention)))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported == {"math", "contextlib", "torch"}
