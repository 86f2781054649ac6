# SPDX-License-Identifier: MIT

import pytest
import torch

from snippets.real_attention.function.errors import (
    check_attn_mask,
    check_tensors,
    fits,
    shapes,
)


def made(*shape, dtype=torch.float32):
    return torch.zeros(shape, dtype=dtype)


@pytest.mark.parametrize(
    ("shape", "other", "broadcasts", "meets"),
    [
        ((2, 3), (2, 3), True, True),
        ((1, 3), (2, 3), True, True),
        ((3,), (2, 3), True, True),
        ((), (2, 3), True, True),
        ((2, 3), (1, 3), False, True),
        ((2, 3), (5, 3), False, False),
        ((2, 3), (3, 2), False, False),
        ((0, 3), (2, 3), False, False),
    ],
)
def test_a_shape_fits_as_torch_broadcasts(shape, other, broadcasts, meets):
    assert fits(shape, other) is broadcasts
    assert fits(shape, other, grows=True) is meets
    try:
        expanded = torch.broadcast_shapes(shape, other)
    except RuntimeError:
        expanded = None
    assert (expanded is not None) is meets
    assert (expanded == torch.Size(other)) is broadcasts


def test_shapes_are_listed_by_name():
    assert shapes(made(2, 3), made(5)) == "query (2, 3), key or value (5,)"
    assert shapes(made(2, 3), made(5), made(7)) == "query (2, 3), key (5,), value (7,)"


def test_fitting_tensors_are_accepted():
    three = made(2, 7, 5, 3), made(7, 11, 3), made(1, 1, 11, 13)
    check_tensors(*three, None)
    check_tensors(*three, made(2, 7, 5, 11, dtype=torch.bool))
    check_tensors(*three, made(5, 11))
    half = [t.half() for t in three]
    check_tensors(*half, made(1, 11, dtype=torch.float16))
    check_tensors(*half, made(1, 11))


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"query": made(5, 3, dtype=torch.int64)}, TypeError, "torch.int64, torch.float32"),
        ({"key": made(7, 3, dtype=torch.float64)}, TypeError, "torch.float64 and torch.float32"),
        ({"value": made(7, 2, dtype=torch.float64)}, TypeError, "and torch.float64"),
        ({"query": made(3)}, ValueError, r"two axes or more: query \(3,\)"),
        ({"key": made(3)}, ValueError, r"two axes or more: .*key \(3,\)"),
        ({"value": made(7)}, ValueError, r"two axes or more: .*value \(7,\)"),
        ({"query": made(5, 7)}, ValueError, r"d_k, .*query \(5, 7\), key \(7, 3\)"),
        ({"value": made(3, 2)}, ValueError, r"of keys and of values .*value \(3, 2\)"),
        ({"query": made(4, 5, 3), "key": made(2, 7, 3)}, ValueError, "leading axes"),
        ({"key": made(4, 7, 3), "value": made(2, 7, 2)}, ValueError, "leading axes"),
        ({"query": made(4, 5, 3), "value": made(2, 7, 2)}, ValueError, "leading axes"),
    ],
)
def test_tensors_that_do_not_fit_are_reported(wrong, error, words):
    three = {"query": made(5, 3), "key": made(7, 3), "value": made(7, 2)} | wrong
    with pytest.raises(error, match=words):
        check_tensors(**three, attn_mask=None)


def test_a_mask_is_compared_with_the_shape_of_the_scores():
    three = made(2, 5, 3), made(4, 1, 7, 3), made(7, 2)
    check_tensors(*three, made(4, 2, 5, 7))
    with pytest.raises(ValueError, match=r"attn_mask \(3, 5, 7\) .* = \(4, 2, 5, 7\)"):
        check_tensors(*three, made(3, 5, 7))


def test_a_mask_is_boolean_or_float():
    check_attn_mask(made(5, 7, dtype=torch.bool), (5, 7), torch.float16)
    for dtype in (torch.int64, torch.float64):
        with pytest.raises(TypeError, match=f"attn_mask is {dtype}: .*torch.float16, like query"):
            check_attn_mask(made(5, 7, dtype=dtype), (5, 7), torch.float16)
    with pytest.raises(ValueError, match="does not broadcast"):
        check_attn_mask(made(1, 5, 7), (5, 7), torch.float32)
