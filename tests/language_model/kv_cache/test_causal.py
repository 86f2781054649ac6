# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.language_model.kv_cache.causal import last_weights
from snippets.walkthrough.queries_keys_values import keys, queries

RIGHT = (queries @ keys.T / 3**0.5).softmax(dim=-1)  # the last query sees all keys


def test_with_is_causal_a_single_new_query_sees_only_the_first_key():
    assert last_weights(1, is_causal=True).tolist() == [[1, 0, 0]]


def test_without_a_mask_a_single_new_query_sees_all_keys():
    assert_close(last_weights(1), RIGHT[2:])


def test_a_chunk_needs_a_triangle_that_ends_at_the_bottom_right():
    two = last_weights(2, attn_mask=torch.ones(2, 3, dtype=torch.bool).tril(1))
    assert_close(two[1], RIGHT[2])
    assert two[0, 2] == 0 and (two[0, :2] > 0).all()
    assert last_weights(2, is_causal=True).count_nonzero(dim=-1).tolist() == [1, 2]
