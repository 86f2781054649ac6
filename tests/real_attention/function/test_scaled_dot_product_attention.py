# SPDX-License-Identifier: MIT
"""The function agrees with F.scaled_dot_product_attention on cases that hypothesis generates."""

import inspect
import math
from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.testing import assert_close

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)

# Largest differences between two orders of adding the same float32 or float64 numbers.
TOLERANCE = {
    torch.float32: {"rtol": 1e-4, "atol": 1e-5},
    torch.float64: {"rtol": 1e-9, "atol": 1e-12},
}
generated = settings(max_examples=100, deadline=None, derandomize=True, database=None)
a_few = settings(generated, max_examples=50)
KERNELS = SDPBackend.FLASH_ATTENTION, SDPBackend.MATH  # available on a CPU
exactly = {"rtol": 0, "atol": 0}


@dataclass
class Case:
    """A call: its sizes and options."""

    dtype: torch.dtype = torch.float32
    batch: tuple = (2,)
    heads: int = 3
    groups: int = 3
    queries: int = 5
    keys: int = 7
    d_k: int = 11
    d_v: int = 13
    mask: str = "none"
    mask_shape: tuple = (5, 7)
    no_key: bool = False
    is_causal: bool = False
    scale: float | None = None
    layout: str = "contiguous"
    seed: int = 0

    def tensors(self):
        random = torch.Generator().manual_seed(self.seed)
        return [
            self.laid_out(*self.batch, heads, length, width, random=random)
            for heads, length, width in (
                (self.heads, self.queries, self.d_k),
                (self.groups, self.keys, self.d_k),
                (self.groups, self.keys, self.d_v),
            )
        ]

    def laid_out(self, *shape, random):
        *leading, heads, length, width = shape
        if self.layout == "heads split off":  # as after a view and a transpose
            made = torch.randn(*leading, length, heads, width, generator=random).transpose(-3, -2)
        elif self.layout == "every other":
            made = torch.randn(*leading, heads, length, 2 * width, generator=random)[..., ::2]
        else:
            made = torch.randn(shape, generator=random)
        return made.to(self.dtype).requires_grad_()

    def attn_mask(self):
        random = torch.Generator().manual_seed(self.seed + 1)
        if self.mask == "none":
            return None
        allowed = torch.rand(self.mask_shape, generator=random) > 0.4
        if self.no_key and allowed.dim() > 1 and self.mask_shape[-2] > 0:
            allowed[..., 0, :] = False
        if self.mask == "boolean":
            return allowed
        added = torch.randn(self.mask_shape, generator=random).masked_fill(~allowed, -math.inf)
        return added.to(self.dtype).requires_grad_()


@st.composite
def cases(draw, dtypes=tuple(TOLERANCE)):
    size = st.sampled_from([1, 2, 3, 5, 7, 0])
    case = Case(
        dtype=draw(st.sampled_from(dtypes)),
        batch=draw(st.lists(size, max_size=2).map(tuple)),
        groups=draw(st.sampled_from([1, 2, 3])),
        queries=draw(size),
        keys=draw(size),
        d_k=draw(size),
        d_v=draw(size),
        mask=draw(st.sampled_from(["none", "boolean", "added"])),
        no_key=draw(st.booleans()),
        is_causal=draw(st.booleans()),
        scale=draw(st.sampled_from([None, 0.3, 1.0, -0.5, 0.0])),
        layout=draw(st.sampled_from(["contiguous", "heads split off", "every other"])),
        seed=draw(st.integers(0, 2**16)),
    )
    case.heads = case.groups * draw(st.sampled_from([1, 1, 2, 3]))
    whole = (*case.batch, case.heads, case.queries, case.keys)
    kept = whole[draw(st.integers(0, len(whole))) :]
    case.mask_shape = tuple(n if draw(st.booleans()) else 1 for n in kept)
    return case


def ours(case, query, key, value, mask, **more):
    return scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=mask,
        is_causal=case.is_causal,
        scale=case.scale,
        enable_gqa=case.heads != case.groups,
        **more,
    )


def theirs(case, query, key, value, mask):
    """Call PyTorch's function, which needs two axes in a mask mostly without is_causal."""
    if mask is not None and (mask.dim() < 2 or case.is_causal):
        whole = *query.shape[:-1], key.shape[-2]
        mask = mask.broadcast_to(whole)
        if case.is_causal:
            future = ~torch.ones(whole[-2:], dtype=torch.bool).tril()
            mask = mask.masked_fill(future, False if mask.dtype == torch.bool else -math.inf)
    # With is_causal and a scale of 0 or less, the fused kernel of torch 2.13 turns -inf into NaN.
    sound = SDPBackend.MATH if case.scale is not None and case.scale <= 0 else list(KERNELS)
    with sdpa_kernel(sound):
        return F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=mask,
            is_causal=case.is_causal and mask is None,
            scale=case.scale,
            enable_gqa=case.heads != case.groups,
        )


def with_gradients(function, case):
    """Return the outputs, and each input's gradient of a sum that distinguishes all outputs."""
    query, key, value = case.tensors()
    mask = case.attn_mask()
    outputs = function(case, query, key, value, mask)
    random = torch.Generator().manual_seed(case.seed + 2)
    towards = torch.randn(outputs.shape, generator=random).to(outputs.dtype)
    inputs = [query, key, value]
    if mask is not None and mask.requires_grad:
        inputs.append(mask)
    (outputs * towards).sum().backward()
    # autograd leaves None where there is nothing to add up.
    return outputs, [
        tensor.new_zeros(tensor.shape) if tensor.grad is None else tensor.grad for tensor in inputs
    ]


@generated
@given(cases())
@example(Case(no_key=True, mask="boolean", mask_shape=(2, 1, 5, 7)))
@example(Case(no_key=True, mask="added", mask_shape=(2, 3, 5, 7)))
@example(Case(is_causal=True, queries=7, keys=5))
@example(Case(is_causal=True, queries=5, keys=7))
@example(Case(heads=6, groups=2, layout="heads split off"))
@example(Case(keys=0))
def test_outputs_and_gradients_are_those_of_torch(case):
    outputs, gradients = with_gradients(ours, case)
    expected, expected_gradients = with_gradients(theirs, case)
    assert_close(outputs, expected, **TOLERANCE[case.dtype])
    for gradient, expected_gradient in zip(gradients, expected_gradients, strict=True):
        assert_close(gradient, expected_gradient, **TOLERANCE[case.dtype])


@a_few
@given(cases(dtypes=(torch.bfloat16, torch.float16)))
def test_in_16_bits_the_result_is_the_exact_one_rounded(case):
    query, key, value = (tensor.detach() for tensor in case.tensors())
    mask = case.attn_mask()
    mask = None if mask is None else mask.detach()
    outputs = ours(case, query, key, value, mask)
    wide_mask = mask if mask is None or mask.dtype == torch.bool else mask.double()
    exact = ours(case, query.double(), key.double(), value.double(), wide_mask)
    assert outputs.dtype == case.dtype
    # Rounding once costs half of a last digit, or a whole one if float32 lands on the other side.
    assert_close(
        outputs.double(), exact, rtol=torch.finfo(case.dtype).eps, atol=torch.finfo(case.dtype).tiny
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("kernel", KERNELS)
def test_in_16_bits_torch_is_as_near(dtype, kernel):
    case = Case(dtype=dtype, mask="boolean")
    inputs = *case.tensors(), case.attn_mask()
    with sdpa_kernel(kernel):
        expected = F.scaled_dot_product_attention(
            *inputs[:2], inputs[0].new_ones(2, 3, 7, 11), inputs[3]
        )
        mixed = F.scaled_dot_product_attention(*inputs[:2], inputs[1], inputs[3])
    # The fused kernel also rounds the weights: a few last digits of the largest value.
    assert_close(expected, torch.ones_like(expected), rtol=0, atol=4 * torch.finfo(dtype).eps)
    assert_close(
        ours(case, *inputs[:2], inputs[1], inputs[3]),
        mixed,
        rtol=0,
        atol=4 * torch.finfo(dtype).eps,
    )


@pytest.mark.parametrize("mask", ["none", "boolean", "added"])
@pytest.mark.parametrize("is_causal", [False, True])
def test_gradients_are_the_slopes_of_the_outputs(mask, is_causal):
    case = Case(torch.float64, queries=3, keys=2, d_k=2, d_v=3, heads=4, groups=2, batch=(1,))
    case.mask, case.mask_shape, case.no_key, case.is_causal = mask, (3, 2), True, is_causal
    inputs, attn_mask = case.tensors(), case.attn_mask()
    assert torch.autograd.gradcheck(lambda *qkv: ours(case, *qkv, attn_mask), inputs)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_query_without_a_key_gets_zeros_and_sends_no_gradient(kernel):
    case = Case(mask="boolean", no_key=True, d_v=11)
    for added in (False, True):
        inputs, mask = case.tensors(), case.attn_mask()
        if added:
            mask = torch.zeros(5, 7).masked_fill(~mask, -math.inf)
        outputs = ours(case, *inputs, mask)
        with sdpa_kernel(kernel):
            assert_close(outputs, F.scaled_dot_product_attention(*inputs, mask))
        assert_close(outputs[..., 0, :], torch.zeros(2, 3, 11), **exactly)
        outputs.sum().backward()
        assert_close(inputs[0].grad[..., 0, :], torch.zeros(2, 3, 11), **exactly)
        assert all(tensor.grad.isfinite().all() for tensor in inputs)


@pytest.mark.parametrize(("queries", "keys"), [(3, 5), (5, 3), (4, 4)])
@pytest.mark.parametrize("mask", ["boolean", "added"])
def test_a_mask_and_is_causal_both_hold_as_in_the_fused_kernel(mask, queries, keys):
    case = Case(mask=mask, mask_shape=(queries, keys), queries=queries, keys=keys, d_v=11)
    inputs = [tensor.detach() for tensor in case.tensors()]
    attn_mask = case.attn_mask().detach()
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        fused = F.scaled_dot_product_attention(*inputs, attn_mask, is_causal=True)
    assert_close(scaled_dot_product_attention(*inputs, attn_mask, is_causal=True), fused)
    # torch's plain implementation refuses a mask together with is_causal.
    with sdpa_kernel(SDPBackend.MATH), pytest.raises(RuntimeError, match="Explicit attn_mask"):
        F.scaled_dot_product_attention(*inputs, attn_mask, is_causal=True)


def test_is_causal_counts_from_the_first_key_also_for_unequal_lengths():
    for queries, keys in ((2, 4), (4, 2)):
        case = Case(queries=queries, keys=keys, is_causal=True)
        query, key, _ = case.tensors()
        weights = ours(case, query, key, torch.eye(keys).expand(2, 3, -1, -1), None)
        assert torch.equal(weights > 0, torch.ones(2, 3, queries, keys).tril() > 0)


@a_few
@given(cases())
def test_rows_of_weights_sum_to_1_or_to_0(case):
    query, key, _ = case.tensors()
    mask = case.attn_mask()
    picks = torch.eye(case.keys, dtype=case.dtype).expand(*key.shape[:-2], -1, -1)
    weights = ours(case, query, key, picks, mask)  # outputs of these values are the weights
    sums = weights.sum(dim=-1)
    assert (weights >= 0).all()
    assert_close(sums, sums.round(), **TOLERANCE[case.dtype])
    if mask is None and case.keys:
        assert_close(sums, torch.ones_like(sums), **TOLERANCE[case.dtype])


@a_few
@given(cases())
def test_the_future_does_not_leak(case):
    case.is_causal = True
    query, key, value = (tensor.detach() for tensor in case.tensors())
    mask = case.attn_mask()
    before = ours(case, query, key, value, mask)
    for seen in range(1, min(case.queries, case.keys)):
        other_key, other_value = key.clone(), value.clone()
        other_key[..., seen:, :], other_value[..., seen:, :] = 17.0, -23.0
        after = ours(case, query, other_key, other_value, mask)
        assert_close(after[..., :seen, :], before[..., :seen, :], **exactly)


@a_few
@given(cases(), st.randoms(use_true_random=False))
def test_keys_in_another_order_change_nothing_and_queries_carry_their_order_along(case, random):
    case.is_causal, case.mask = False, "none"
    query, key, value = case.tensors()
    down, across = list(range(case.queries)), list(range(case.keys))
    random.shuffle(down)
    random.shuffle(across)
    plain = ours(case, query, key, value, None)
    moved = ours(case, query[..., down, :], key[..., across, :], value[..., across, :], None)
    assert_close(moved, plain[..., down, :], **TOLERANCE[case.dtype])


def test_a_shift_of_a_row_of_scores_changes_nothing():
    case = Case(dtype=torch.float64)
    inputs = case.tensors()
    shift = torch.randn(5, 1, dtype=torch.float64) * 100
    assert_close(ours(case, *inputs, shift), ours(case, *inputs, None))


def test_large_scores_do_not_overflow():
    query = key = torch.full((2, 1), 100.0)
    outputs = scaled_dot_product_attention(query, key, torch.tensor([[1.0], [3.0]]))
    assert_close(outputs, torch.tensor([[2.0], [2.0]]))


def test_dropout_is_that_of_torch_whether_or_not_anything_trains():
    case = Case()
    inputs = [tensor.detach() for tensor in case.tensors()]
    torch.manual_seed(0)
    expected = F.scaled_dot_product_attention(*inputs, dropout_p=0.4)
    torch.manual_seed(0)
    outputs = ours(case, *inputs, None, dropout_p=0.4)
    assert_close(outputs, expected)
    assert not torch.allclose(outputs, ours(case, *inputs, None))
    assert_close(ours(case, *inputs, None, dropout_p=1.0), torch.zeros_like(expected), **exactly)


def test_dropout_enlarges_the_kept_weights_so_that_the_mean_stays():
    torch.manual_seed(0)
    query, key, value = torch.zeros(1, 2), torch.zeros(10_000, 2), torch.ones(10_000, 1)
    outputs = scaled_dot_product_attention(query, key, value, dropout_p=0.5)
    assert_close(outputs, torch.ones(1, 1), rtol=0, atol=0.05)
    assert outputs != 1


def test_a_float32_mask_may_be_added_to_scores_of_16_bits():
    case = Case(dtype=torch.bfloat16)
    inputs = case.tensors()
    mask = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    expected = ours(case, *(tensor.float() for tensor in inputs), mask)
    assert_close(ours(case, *inputs, mask), expected.bfloat16(), **exactly)


def test_leading_axes_broadcast():
    query, key, value = torch.randn(2, 1, 3, 4), torch.randn(5, 7, 4), torch.randn(2, 1, 7, 6)
    expected = F.scaled_dot_product_attention(
        query.expand(2, 5, 3, 4), key.expand(2, 5, 7, 4), value.expand(2, 5, 7, 6)
    )
    assert_close(scaled_dot_product_attention(query, key, value), expected)


def test_the_heads_of_keys_and_of_values_may_differ():
    query, key, value = torch.randn(1, 6, 3, 4), torch.randn(1, 3, 5, 4), torch.randn(1, 2, 5, 7)
    expected = F.scaled_dot_product_attention(query, key, value, enable_gqa=True)
    assert_close(scaled_dot_product_attention(query, key, value, enable_gqa=True), expected)


def test_a_mask_of_one_axis_or_none_is_for_the_keys():
    case = Case()
    inputs = case.tensors()
    first = torch.arange(7) < 2
    assert_close(ours(case, *inputs, first), ours(case, *inputs, first.expand(2, 3, 5, 7)))
    assert_close(ours(case, *inputs, torch.tensor(True)), ours(case, *inputs, None))


def test_the_caller_s_tensors_stay_as_they_are():
    for mask in ("boolean", "added"):
        case = Case(mask=mask, no_key=True)
        inputs = [*(t.detach() for t in case.tensors()), case.attn_mask().detach()]
        copies = [tensor.clone() for tensor in inputs]
        ours(case, *inputs, dropout_p=0.5)
        assert all(torch.equal(a, b) for a, b in zip(inputs, copies, strict=True))


BAD = {
    "d_k differs": (
        {"query": torch.ones(2, 3, 4), "key": torch.ones(2, 5, 6), "value": torch.ones(2, 5, 6)},
        ValueError,
        ("d_k", "query (2, 3, 4)", "key (2, 5, 6)"),
    ),
    "keys and values differ in number": (
        {
            "query": torch.ones(1, 1, 3, 4),
            "key": torch.ones(1, 1, 5, 4),
            "value": torch.ones(1, 1, 6, 4),
        },
        ValueError,
        ("number of keys", "key (1, 1, 5, 4)", "value (1, 1, 6, 4)"),
    ),
    "batches differ": (
        {"query": torch.ones(2, 3, 4), "key": torch.ones(7, 5, 4), "value": torch.ones(7, 5, 4)},
        ValueError,
        ("do not broadcast", "query (2, 3, 4)", "key (7, 5, 4)", "value (7, 5, 4)"),
    ),
    "only the values' batch differs": (
        {"query": torch.ones(2, 3, 4), "key": torch.ones(2, 5, 4), "value": torch.ones(3, 5, 4)},
        ValueError,
        ("do not broadcast", "value (3, 5, 4)"),
    ),
    "one axis": (
        {"query": torch.ones(4), "key": torch.ones(5, 4), "value": torch.ones(5, 4)},
        ValueError,
        ("two axes", "query (4,)"),
    ),
    "integers": (
        dict.fromkeys(("query", "key", "value"), torch.ones(3, 4, dtype=torch.int64)),
        TypeError,
        ("floating-point", "torch.int64"),
    ),
    "two dtypes": (
        {"query": torch.ones(3, 4), "key": torch.ones(3, 4).double(), "value": torch.ones(3, 4)},
        TypeError,
        ("one floating-point dtype", "torch.float32, torch.float64 and torch.float32"),
    ),
    "the values' dtype": (
        {"query": torch.ones(3, 4), "key": torch.ones(3, 4), "value": torch.ones(3, 4).half()},
        TypeError,
        ("one floating-point dtype", "torch.float32, torch.float32 and torch.float16"),
    ),
    "a mask of other lengths": (
        {"attn_mask": torch.ones(7, 5, dtype=torch.bool)},
        ValueError,
        ("attn_mask (7, 5)", "(2, 3, 5, 7)"),
    ),
    "a mask with a batch of its own": (
        {"attn_mask": torch.ones(4, 1, 5, 7, dtype=torch.bool)},
        ValueError,
        ("attn_mask (4, 1, 5, 7)", "(2, 3, 5, 7)"),
    ),
    "a mask with one axis more": (
        {"attn_mask": torch.ones(1, 2, 3, 5, 7, dtype=torch.bool)},
        ValueError,
        ("attn_mask (1, 2, 3, 5, 7)", "(2, 3, 5, 7)"),
    ),
    "a mask of integers": (
        {"attn_mask": torch.ones(5, 7, dtype=torch.int64)},
        TypeError,
        ("attn_mask is torch.int64", "True = may attend", "torch.float32"),
    ),
    "a mask of another width": (
        {"attn_mask": torch.ones(5, 7, dtype=torch.float64)},
        TypeError,
        ("attn_mask is torch.float64",),
    ),
    "heads that groups do not divide": (
        {"key": torch.ones(2, 2, 7, 11), "value": torch.ones(2, 2, 7, 13), "enable_gqa": True},
        ValueError,
        ("3 heads of query", "2 heads of key or value", "query (2, 3, 5, 11)", "(2, 2, 7, 11)"),
    ),
    "no heads to share": (
        {"key": torch.ones(2, 0, 7, 11), "value": torch.ones(2, 0, 7, 13), "enable_gqa": True},
        ValueError,
        ("3 heads of query", "0 heads of key or value"),
    ),
    "groups without an axis for them": (
        {"query": torch.ones(5, 11), "key": torch.ones(7, 11), "enable_gqa": True},
        ValueError,
        ("axis of heads", "query (5, 11)", "(7, 11)"),
    ),
    "keys without an axis for their heads": (
        {"key": torch.ones(7, 11), "enable_gqa": True},
        ValueError,
        ("axis of heads", "query (2, 3, 5, 11)", "(7, 11)"),
    ),
    "a mask for the values' batch alone": (
        {
            "query": torch.ones(5, 11),
            "key": torch.ones(7, 11),
            "value": torch.ones(2, 7, 13),
            "attn_mask": torch.ones(2, 5, 7, dtype=torch.bool),
        },
        ValueError,
        ("attn_mask (2, 5, 7)", "(5, 7)"),
    ),
    "more is dropped than there is": ({"dropout_p": 1.5}, ValueError, ("0 to 1", "1.5")),
    "less is dropped than nothing": ({"dropout_p": -0.5}, ValueError, ("0 to 1", "-0.5")),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_reported_in_words(bad):
    changed, kind, words = BAD[bad]
    good = dict(zip(("query", "key", "value"), Case().tensors(), strict=True))
    with pytest.raises(kind) as told:
        scaled_dot_product_attention(**good | changed)
    for word in words:
        assert word in str(told.value)


def test_the_signature_is_that_of_torch():
    ours = inspect.signature(scaled_dot_product_attention).parameters.values()
    documented = (
        (F.scaled_dot_product_attention.__doc__ or "").split(") -> Tensor")[0].split("(", 1)[1]
    )
    positional = [str(parameter) for parameter in ours if parameter.kind != parameter.KEYWORD_ONLY]
    assert ", ".join(positional) == " ".join(documented.split())
