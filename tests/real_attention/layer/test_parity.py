# SPDX-License-Identifier: MIT
import re
import runpy
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from torch.testing import assert_close

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)
from snippets.real_attention.layer import parity
from snippets.real_attention.layer.conversions import as_torch
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.real_attention.layer.parity import (
    batch,
    heads,
    joined,
    loop,
    matrices,
    one_by_one,
)
from snippets.walkthrough.queries_keys_values import keys, queries, values

ROUNDING = 4 * torch.finfo(torch.float32).eps


@pytest.fixture(scope="module")
def printed():
    with pytest.MonkeyPatch.context() as patch:
        lines = []
        patch.setattr("builtins.print", lambda *words: lines.append(" ".join(map(str, words))))
        runpy.run_path(parity.__file__, run_name="__main__")
    return lines


def test_each_rung_differs_from_the_one_above_only_by_rounding(printed):
    rungs = {line[:32].strip(): float(line[32:]) for line in printed}
    assert list(rungs) == [
        "loop",
        "matrices",
        "batch",
        "heads, our layer",
        "F.scaled_dot_product_attention",
        "nn.MultiheadAttention",
        "flex_attention",
    ]
    assert all(0 <= difference <= ROUNDING for difference in rungs.values())
    assert sum(difference > 0 for difference in rungs.values()) >= 3  # independent computations


def test_the_loop_gives_the_first_scaled_output_of_the_running_example():
    assert_close(
        loop(queries, keys, values)[0], torch.tensor([1.8639, 6.3194, 1.7042]), rtol=0, atol=5e-5
    )


@pytest.mark.parametrize("attention", [loop, matrices])
def test_the_lowest_rungs_hold_for_sizes_that_differ(attention):
    torch.manual_seed(0)
    queries, keys, values = torch.randn(5, 3), torch.randn(7, 3), torch.randn(7, 2)
    expected = F.scaled_dot_product_attention(queries, keys, values)
    assert_close(attention(queries, keys, values), expected)


def test_one_by_one_goes_along_the_first_axis():
    torch.manual_seed(0)
    three = torch.randn(2, 5, 3), torch.randn(2, 7, 3), torch.randn(2, 7, 4)
    assert_close(one_by_one(loop, *three), F.scaled_dot_product_attention(*three))


def test_the_batch_is_the_running_example_and_its_reverse():
    assert batch.shape == (2, 3, 4)
    assert torch.equal(batch[0], batch[1].flip(0))
    assert [tuple(head.shape) for head in heads] == [(2, 2, 3, 2)] * 3
    assert joined(heads[0]).shape == batch.shape


def test_the_weights_of_a_layer_mean_the_same_in_torch_s():
    torch.manual_seed(1)
    layer = MultiHeadAttention(15, 5)
    x, context = torch.randn(2, 3, 15), torch.randn(2, 7, 15)
    theirs = as_torch(layer)
    assert_close(theirs(x, context, context)[0], layer(x, context))
    assert not torch.allclose(theirs(x, context, x[:, [0] * 7])[0], layer(x, context))


@pytest.mark.parametrize(("lengths", "n_kv_heads"), [((5, 7), 4), ((7, 5), 2), ((7, 7), 1)])
def test_flex_attention_agrees_under_a_causal_mask_with_grouped_heads(lengths, n_kv_heads):
    torch.manual_seed(0)
    n_queries, n_keys = lengths
    query = torch.randn(2, 4, n_queries, 8)
    key, value = torch.randn(2, 2, n_kv_heads, n_keys, 8)
    block_mask = create_block_mask(
        lambda batch, head, q, k: q >= k, None, None, n_queries, n_keys, device="cpu"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends compilation
        theirs = flex_attention(query, key, value, block_mask=block_mask, enable_gqa=True)
    ours = scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    assert_close(ours, theirs)


def test_numbers_are_printed_in_powers_of_ten(printed):
    assert all(re.fullmatch(r".{32} \d\.\de[-+]\d\d", line) for line in printed[:-1])
