# SPDX-License-Identifier: MIT
import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.cross_attention.attention import cross_attention


def test_the_third_query_is_the_first_row_of_w_query_and_meets_the_keys(solved):
    assert_close(solved["third_query"], torch.tensor([1.0, 0, 1]))
    assert_close(solved["third_query"] @ solved["keys"].T, torch.tensor([1.0, 4, 3]))


def test_the_words_are_the_rows_and_the_patches_the_columns(solved):
    assert solved["caption_weights"].shape == (4, 9)


def test_a_wider_source_needs_only_wider_key_and_value_matrices(solved):
    target, source, w_query = solved["target"], solved["wide_source"], solved["w_query"]
    assert source.shape == (9, 5)
    wide = solved["w_key_5"], solved["w_value_5"]
    assert cross_attention(target, source, w_query, *wide).shape == (2, 3)
    for narrow in ((solved["w_key"], wide[1]), (wide[0], solved["w_value"])):
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            cross_attention(target, source, w_query, *narrow)


def test_another_value_of_the_same_key_changes_only_the_output(solved):
    weights, values = solved["cross_weights"], solved["values"]
    assert weights[0].argmax() == 1
    assert (solved["other_values"] != values).any(dim=-1).tolist() == [False, True, False]
    change = solved["other_outputs"] - solved["cross_outputs"]
    assert_close(change, weights[:, 1:2] * (solved["other_values"] - values)[1])
    assert change[0].abs().max() > 1
