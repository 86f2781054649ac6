# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close


def test_only_the_pair_that_moved_together_scores_the_same(capsys, solved):
    told = [line.rpartition(": ") for line in capsys.readouterr().out.splitlines()]
    scores = {where: score for where, _, score in told if where.startswith("query")}
    asked = scores["query at 7, key at 4"]
    assert [where for where, score in scores.items() if score == asked] == [
        "query at 7, key at 4",
        "query at 12, key at 9",
    ]


def test_head_2_lowers_the_last_row_by_a_fourth_a_step(solved):
    assert_close(solved["biases"][1, 3], torch.tensor([-0.75, -0.5, -0.25, 0]), rtol=0, atol=0)
