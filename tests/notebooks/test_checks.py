# SPDX-License-Identifier: MIT
"""The checks of the blanks compare numbers up to rounding."""

from __future__ import annotations

import torch

from snippets.notebook_checks.blanks import same_numbers


def test_a_difference_by_rounding_is_right() -> None:
    assert same_numbers(torch.tensor([2.0, 0.0292]), torch.tensor([2.000001, 0.0292006]))


def test_a_larger_difference_or_another_shape_is_wrong() -> None:
    assert not same_numbers(torch.tensor([2.0, 0.0292]), torch.tensor([2.0, 0.0293]))
    assert not same_numbers(torch.ones(2), torch.ones(2, 1))
    assert not same_numbers(torch.ones(2), None)
