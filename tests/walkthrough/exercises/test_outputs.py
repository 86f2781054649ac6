# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.walkthrough.outputs import outputs, self_attention


def test_output_2_with_rounded_weights_is_value_2(solved):
    rounded = solved["rounded_weights"][1]
    assert_close(rounded, torch.tensor([0.0, 1, 0]))
    assert_close(rounded @ solved["values"], torch.tensor([2.0, 8, 0]))


def test_each_output_goes_where_its_input_goes(solved):
    matrices = (solved[name] for name in ("w_query", "w_key", "w_value"))
    assert_close(self_attention(solved["x"][[2, 0, 1]], *matrices), outputs[[2, 0, 1]])


def test_equal_keys_make_every_output_the_average(solved):
    assert_close(solved["same_weights"], torch.full((3, 3), 1 / 3))
    average = torch.tensor([5 / 3, 16 / 3, 2])
    assert_close(solved["same_weights"] @ solved["values"], average.expand(3, 3))
