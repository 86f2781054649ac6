# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close


def test_the_new_key_is_twice_row_1_and_row_4(solved):
    assert_close(solved["new_key"], torch.tensor([1.0, 1, 2]))


def test_an_input_with_a_single_one_picks_out_a_row(solved):
    for name, row in (("w_query", [0.0, 0, 1]), ("w_key", [0.0, 1, 0]), ("w_value", [1.0, 0, 3])):
        assert_close(solved["fourth"] @ solved[name], torch.tensor(row))


def test_the_wrong_way_round_runs_and_is_not_the_keys(solved):
    assert solved["turned_around"].shape == (4, 4)
    assert (solved["x"] @ solved["w_key"]).shape == (3, 3)
