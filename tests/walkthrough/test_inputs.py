# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import torch
from torch.testing import assert_close

from snippets.walkthrough import inputs
from snippets.walkthrough.by_hand import row_times_matrix
from snippets.walkthrough.inputs import equal_weights, mixes, n_inputs, x

exactly = {"rtol": 0, "atol": 0}


def test_the_inputs_are_three_rows_of_four_numbers():
    assert_close(x, torch.tensor([[1.0, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]]), **exactly)
    assert x.shape == (3, 4)
    assert x.dtype == torch.float32


def test_equal_weights_add_up_to_one_for_each_input():
    assert n_inputs == 3
    assert_close(equal_weights, torch.full((3, 3), 1 / 3))
    assert_close(equal_weights.sum(dim=-1), torch.ones(3))


def test_equal_weights_turn_every_input_into_the_average():
    assert mixes.shape == (3, 4)
    for mix in mixes:
        assert_close(mix, torch.tensor([2 / 3, 1, 2 / 3, 1]))


def test_the_page_prints_these_lines(capsys):
    runpy.run_path(inputs.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "x:",
        "tensor([[1., 0., 1., 0.],",
        "        [0., 2., 0., 2.],",
        "        [1., 1., 1., 1.]])",
        "shape of x: torch.Size([3, 4])",
        "mixes:",
        "tensor([[0.6667, 1.0000, 0.6667, 1.0000],",
        "        [0.6667, 1.0000, 0.6667, 1.0000],",
        "        [0.6667, 1.0000, 0.6667, 1.0000]])",
    ]


def test_the_sums_by_hand_are_those_of_the_code():
    assert row_times_matrix("mix 1, number", inputs.equal_weights[0], inputs.x) == [
        "mix 1, number 1: 0.3333×1 + 0.3333×0 + 0.3333×1 = 0.6667",
        "mix 1, number 2: 0.3333×0 + 0.3333×2 + 0.3333×1 = 1",
        "mix 1, number 3: 0.3333×1 + 0.3333×0 + 0.3333×1 = 0.6667",
        "mix 1, number 4: 0.3333×0 + 0.3333×2 + 0.3333×1 = 1",
    ]
