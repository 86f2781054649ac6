# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.windows_and_sinks import exercises
from snippets.language_model.windows_and_sinks.window import window


def test_a_window_of_4_shows_this_many_keys():
    assert exercises.seen.tolist() == [1, 2, 3, 4, 4, 4]


def test_three_of_four_equal_shares_are_left():
    assert exercises.weights.tolist() == [0.25] * 3


def test_the_windows_are_a_small_part_of_a_long_cache():
    assert exercises.windows == 436_207_616
    assert 0.03 < exercises.share < 0.05
    assert 131_072 / exercises.gemma.window == 128


def test_four_layers_with_a_window_of_3_reach_8_tokens_back():
    one = window(12, 12, 3).float()
    reached = torch.linalg.matrix_power(one, 4)[-1]
    assert 11 - reached.nonzero().min() == 8
