# SPDX-License-Identifier: MIT
"""Joined, the lines of the cheat sheet compute what PyTorch computes."""

import importlib
import runpy
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from snippets import cheat_sheet as sheet
from snippets.walkthrough.queries_keys_values import keys, queries, values


def in_heads(projected, n_heads):
    """Split into heads, in einops: batch inputs (heads d_k) -> batch heads inputs d_k."""
    return torch.stack(projected.chunk(n_heads, dim=-1), dim=1)


def test_all_lines_together_are_grouped_attention_with_a_mask():
    attended = F.scaled_dot_product_attention(
        in_heads(sheet.x @ sheet.w_query, sheet.n_heads),
        in_heads(sheet.x @ sheet.w_key, sheet.n_groups),
        in_heads(sheet.x @ sheet.w_value, sheet.n_groups),
        attn_mask=sheet.causal & sheet.padding[:, None, None],
        enable_gqa=True,
    )
    merged = torch.cat(attended.unbind(dim=1), dim=-1)
    assert_close(sheet.outputs, merged @ sheet.w_output)


def test_the_sizes_tell_heads_groups_inputs_and_examples_apart():
    sizes = [sheet.batch, sheet.n, sheet.d_model, sheet.n_heads, sheet.d_k]
    assert len(set(sizes)) == len(sizes)
    assert sheet.n_groups < sheet.n_heads


def test_no_query_sees_the_future_or_padding():
    for example, length in enumerate(sheet.lengths):
        for query in range(sheet.n):
            for key in range(sheet.n):
                seen = key <= query and key < length
                assert sheet.mask[example, 0, query, key] == seen
    assert (sheet.weights[~sheet.mask.expand(sheet.weights.shape)] == 0).all()


def test_a_query_with_nothing_left_gives_no_nan_and_no_nan_in_gradients():
    source = Path(sheet.__file__).read_text("utf-8")
    lengths, random = "torch.tensor([5, 3])", "n_heads * d_k, generator=random)"
    assert lengths in source and source.count(random) == 1
    changed = source.replace(lengths, "torch.tensor([5, 0])")
    changed = changed.replace(random, "n_heads * d_k, generator=random, requires_grad=True)")
    ran = {}
    exec(compile(changed, sheet.__file__, "exec"), ran)
    assert ran["outputs"].isfinite().all()
    ran["outputs"].square().sum().backward()
    assert ran["w_query"].grad.isfinite().all() and ran["w_query"].grad.any()


def test_hidden_scores_are_minus_infinity():
    assert sheet.scores[~sheet.mask.expand(sheet.scores.shape)].isneginf().all()


def test_the_mask_for_the_module_has_its_polarity():
    layer = nn.MultiheadAttention(sheet.d_model, 1, batch_first=True).eval()
    _, weights = layer(sheet.x, sheet.x, sheet.x, attn_mask=sheet.attn_mask)
    assert (weights.triu(diagonal=1) == 0).all()
    assert (weights.tril().sum(dim=-1) > 0.99).all()


def test_the_latest_queries_see_all_that_came_before_them():
    expected = torch.ones(sheet.n, sheet.n, dtype=torch.bool).tril()[-sheet.n_latest :]
    assert_close(sheet.recent, expected)


def test_dropout_is_off_outside_of_training():
    assert not sheet.training and sheet.dropout_p == 0


def test_the_example_is_that_of_the_walkthrough():
    assert_close(sheet.plain, F.scaled_dot_product_attention(queries, keys, values))
    assert_close(sheet.plain[0], torch.tensor([1.8639, 6.3194, 1.7042]), atol=5e-5, rtol=0)
    assert_close(sheet.hidden_future[0], values[0])


def test_importing_is_silent_and_running_too(capfd):
    importlib.reload(sheet)
    runpy.run_path(sheet.__file__, run_name="__main__")
    assert capfd.readouterr() == ("", "")
