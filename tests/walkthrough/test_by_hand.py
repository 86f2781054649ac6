# SPDX-License-Identifier: MIT
import pytest
import torch

from snippets.walkthrough import by_hand


def test_a_number_is_written_as_on_paper():
    numbers = [by_hand.number(value) for value in (2.0, -1.5, 0.0634, 1.93662, 116.58522, 6e-6)]
    assert numbers == ["2", "-1.5", "0.0634", "1.9366", "116.5852", "0"]


def test_numbers_stand_in_order():
    assert by_hand.numbers(torch.tensor([1.0, 0.5, 3.0])) == "[1, 0.5, 3]"


def test_a_sum_of_products_shows_each_term_and_the_result():
    row, column = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 7.0, 0.5])
    assert by_hand.sum_of_products(row, column) == "1×5 + 2×7 + 3×0.5 = 20.5"


def test_terms_that_do_not_pair_up_are_no_sum():
    with pytest.raises(ValueError, match="shorter"):
        by_hand.sum_of_products(torch.ones(3), torch.ones(2))


def test_a_row_times_a_matrix_gives_a_line_per_column():
    row, matrix = torch.tensor([1.0, 2.0]), torch.tensor([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    assert by_hand.row_times_matrix("number", row, matrix) == [
        "number 1: 1×3 + 2×6 = 15",
        "number 2: 1×4 + 2×7 = 18",
        "number 3: 1×5 + 2×8 = 21",
    ]


def test_softmax_lines_show_the_power_the_total_and_the_share():
    scores = torch.tensor([1.0, 3.0]).log()
    assert by_hand.softmax(scores) == [
        "e^0 = 1.000, and 1.000 / 4.000 = 0.25",
        "e^1.0986 = 3.000, and 3.000 / 4.000 = 0.75",
    ]


def test_weighted_rows_show_each_weight_times_its_value():
    weights, values = torch.tensor([0.5, 2.0]), torch.tensor([[1.0, 4.0, 3.0], [0.0, 1.0, 2.5]])
    assert by_hand.weighted_rows(weights, values) == [
        "0.5 × [1, 4, 3] = [0.5, 2, 1.5]",
        "2 × [0, 1, 2.5] = [0, 2, 5]",
    ]


def test_weights_without_values_of_their_own_are_not_written_out():
    with pytest.raises(ValueError, match="shorter"):
        by_hand.weighted_rows(torch.ones(3), torch.ones(2, 5))
