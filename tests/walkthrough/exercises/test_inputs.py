# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.walkthrough.inputs import x


def test_two_shares_mix_half_of_two_inputs(solved):
    assert_close(solved["mix"], torch.tensor([0.5, 1.5, 0.5, 1.5]))


def test_a_louder_input_changes_every_mix_and_leaves_the_inputs(solved):
    mixes = solved["equal_weights"] @ solved["louder"]
    assert_close(mixes, torch.tensor([2 / 3, 5 / 3, 2 / 3, 5 / 3]).expand(3, 4))
    assert_close(x[1], torch.tensor([0.0, 2, 0, 2]))


def test_four_inputs_have_four_rows_of_four_shares(solved):
    assert solved["n"] == 4
    assert solved["weights_for_four"].shape == (4, 4)
    assert_close(solved["weights_for_four"].sum(dim=-1), torch.ones(4))
    assert (solved["weights_for_four"] @ solved["four_inputs"]).shape == (4, 4)
