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


def test_dropout_keeps_what_torch_keeps(solved):
    weights, seen = solved["all_weights"], set()
    for seed in range(100):
        torch.manual_seed(seed)
        dropped = torch.nn.functional.dropout(weights, 0.5)
        if torch.equal(dropped > 0, solved["is_kept"]):
            assert_close(dropped, solved["kept_weights"], rtol=0, atol=0)
            seen.add(seed)
    assert seen
