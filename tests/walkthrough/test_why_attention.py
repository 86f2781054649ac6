# SPDX-License-Identifier: MIT
"""The word *bank* takes its meaning from its neighbors, in numbers for pencil and paper."""

from __future__ import annotations

import torch

from snippets.walkthrough.why_attention import (
    attend,
    bank,
    bank_loan,
    desert,
    divided,
    loan,
    new_bank,
    river,
    river_bank,
    scores,
    scores_with_desert,
    weights,
)


def test_bank_turns_toward_water_next_to_river_and_toward_money_next_to_loan() -> None:
    assert attend(bank, river_bank).tolist() == [1.5, 0.5]
    assert attend(bank, bank_loan).tolist() == [0.5, 1.5]


def test_the_steps_give_what_the_function_gives() -> None:
    assert scores.tolist() == [2.0, 2.0]
    assert weights.tolist() == [0.5, 0.5]
    assert torch.equal(new_bank, attend(bank, river_bank))


def test_the_dot_product_measures_agreement() -> None:
    assert river @ bank > 0
    assert river @ loan == 0
    assert river @ desert < 0


def test_dividing_by_the_sum_fails_where_scores_cancel() -> None:
    assert scores_with_desert.sum() == 0
    assert not divided.isfinite().any()


def test_only_the_differences_between_scores_count() -> None:
    some = torch.tensor([1.0, 3.0, -2.0])
    torch.testing.assert_close(some.softmax(dim=-1), (some + 100).softmax(dim=-1))


def test_river_keeps_most_of_itself() -> None:
    after = attend(river, river_bank)
    assert after[0] > 1.8 and after[1] < 0.2


def test_with_two_neighbors_every_word_gets_a_third() -> None:
    torch.testing.assert_close(
        attend(bank, torch.stack([river, bank, loan])), torch.tensor([1.0, 1.0])
    )
