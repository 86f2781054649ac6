# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.walkthrough.queries_keys_values import keys, queries


def test_picks_for_values_give_the_weights(solved):
    assert_close(solved["weights"], (queries @ keys.T / 3**0.5).softmax(dim=-1))
    assert_close(solved["weights"].sum(dim=-1), torch.ones(3))


def test_one_tensor_for_all_three_hides_a_swap_and_nothing_else(solved):
    passes = {bug for bug, outputs in solved["wrong"].items() if outputs.allclose(solved["right"])}
    assert passes == {"swapped"}
