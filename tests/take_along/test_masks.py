# SPDX-License-Identifier: MIT
"""Tests of masks.py. Take this file along with it, and change the import."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from snippets.take_along.masks import (
    both,
    causal,
    for_function,
    for_module,
    padding,
    positions,
    to_add,
    window,
)


def rows(mask):
    return ["".join("x" if seen else "." for seen in row) for row in mask.tolist()]


def test_causal_ends_at_the_bottom_right():
    assert rows(causal(3)) == ["x..", "xx.", "xxx"]
    assert rows(causal(2, 5)) == ["xxxx.", "xxxxx"]
    assert rows(causal(1, 3)) == ["xxx"]
    assert rows(causal(3, 2)) == ["..", "x.", "xx"]


def test_a_window_counts_keys_or_steps_back():
    assert rows(window(4, keys=2)) == ["x...", "xx..", ".xx.", "..xx"]
    assert rows(window(4, back=2)) == ["x...", "xx..", "xxx.", ".xxx"]
    assert rows(window(4, keys=1)) == rows(window(4, back=0)) == ["x...", ".x..", "..x.", "...x"]
    assert rows(window(2, 5, keys=3)) == [".xxx.", "..xxx"]
    assert rows(window(3, back=1, ahead=1)) == ["xx.", "xxx", ".xx"]
    assert rows(window(3)) == rows(causal(3))


@pytest.mark.parametrize("slip", [{"keys": 0}, {"keys": 2, "back": 1}, {"back": -1}, {"ahead": -1}])
def test_a_window_that_makes_no_sense_is_refused(slip):
    with pytest.raises(ValueError, match=r"keys|back"):
        window(4, **slip)


def test_padding_is_on_the_right_or_on_the_left():
    lengths = torch.tensor([2, 4, 0])
    assert padding(lengths, 4).shape == (3, 1, 1, 4)
    assert rows(padding(lengths, 4)[:, 0, 0]) == ["xx..", "xxxx", "...."]
    assert rows(padding(lengths, 4, side="left")[:, 0, 0]) == ["..xx", "xxxx", "...."]
    with pytest.raises(ValueError, match="'right' or 'left', not 'both'"):
        padding(lengths, 4, side="both")


def test_positions_count_real_inputs():
    lengths = torch.tensor([2, 4])
    assert positions(lengths, 4).tolist() == [[0, 1, 2, 3], [0, 1, 2, 3]]
    assert positions(lengths, 4, side="left").tolist() == [[0, 0, 0, 1], [0, 1, 2, 3]]


def test_both_allows_what_all_allow():
    mask = both(causal(4), padding(torch.tensor([2, 4]), 4), window(4, keys=2))
    assert mask.shape == (2, 1, 4, 4)
    assert rows(mask[0, 0]) == ["x...", "xx..", ".x..", "...."]
    assert rows(mask[1, 0]) == ["x...", "xx..", ".xx.", "..xx"]


def test_no_mask_is_changed_by_both():
    one, other = causal(3), window(3, keys=1)
    both(one, other)
    assert rows(one) == ["x..", "xx.", "xxx"]


def test_the_function_the_module_and_a_sum_mean_the_same():
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(3, 5, 8)
    mask = both(causal(5), padding(torch.tensor([5, 3, 4]), 5))
    q, k, v = (
        F.linear(x, w, b).unflatten(-1, (2, 4)).transpose(1, 2)
        for w, b in zip(layer.in_proj_weight.chunk(3), layer.in_proj_bias.chunk(3), strict=True)
    )
    boolean = F.scaled_dot_product_attention(q, k, v, attn_mask=for_function(mask))
    added = F.scaled_dot_product_attention(q, k, v, attn_mask=to_add(mask))
    torch.testing.assert_close(boolean, added)
    expected = layer.out_proj(boolean.transpose(1, 2).flatten(2))
    torch.testing.assert_close(layer(x, x, x, attn_mask=for_module(mask, 2))[0], expected)


def test_the_module_gets_examples_in_the_order_of_its_heads():
    mask = padding(torch.tensor([1, 3]), 3)
    hidden = for_module(mask, n_heads=2, n_queries=4)
    assert hidden.shape == (4, 4, 3)
    assert rows(hidden[:, 0]) == [".xx", ".xx", "...", "..."]
    assert rows(for_module(causal(2), 2)) == [".x", ".."]
    with pytest.raises(ValueError, match="not \\(batch, heads, queries, keys\\)"):
        for_module(torch.ones(3, 2, 2, dtype=torch.bool), 2)


def test_a_mask_of_keys_gets_an_axis_for_queries():
    q = torch.randn(2, 3, 4)
    seen = torch.tensor([True, False, True])
    assert for_function(seen).shape == (1, 3)
    assert for_function(causal(3)).shape == (3, 3)
    F.scaled_dot_product_attention(q, q, q, attn_mask=for_function(seen))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_an_additive_mask_has_the_dtype_of_the_scores(dtype):
    added = to_add(causal(2), dtype)
    assert added.dtype == dtype
    assert added.tolist() == [[0.0, -math.inf], [0.0, 0.0]]


def test_masks_are_made_on_the_device_of_the_inputs():
    meta = torch.device("meta")
    assert padding(torch.ones(2, dtype=torch.long, device=meta), 4).device == meta
    assert positions(torch.ones(2, dtype=torch.long, device=meta), 4, side="left").device == meta
    assert causal(3, device=meta).device == meta
    assert window(3, keys=2, device=meta).device == meta
    assert to_add(causal(3, device=meta)).device == meta


def test_the_masks_compile_for_changing_lengths():
    def everything(x, lengths):
        n = x.shape[1]
        mask = both(causal(n, device=x.device), padding(lengths, n, side="left"), window(n, keys=3))
        return to_add(mask, x.dtype)

    compiled = torch.compile(everything, fullgraph=True, backend="eager")
    for n in (5, 6, 9):
        x, lengths = torch.ones(2, n), torch.tensor([n, 3])
        assert torch.equal(compiled(x, lengths), everything(x, lengths))
