# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.walkthrough.queries_keys_values import keys, queries


def test_the_count_is_that_of_four_matrices_and_their_biases(solved):
    assert sum(solved["counts"].values()) == 2 * (8 * 8 + 8) + 2 * (8 * 4 + 4) == 216


def test_picks_for_values_give_the_weights(solved):
    assert_close(solved["weights"], (queries @ keys.T / 3**0.5).softmax(dim=-1))
    assert_close(solved["weights"].sum(dim=-1), torch.ones(3))


def test_the_last_step_needs_no_causal_mask(solved):
    assert_close(solved["step"], solved["whole"][2:])
    assert not torch.allclose(solved["wrong"], solved["whole"][2:], atol=0.1)
