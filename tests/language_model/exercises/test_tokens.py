# SPDX-License-Identifier: MIT
from __future__ import annotations

import math

import pytest
import torch
from torch.testing import assert_close

from snippets.language_model.exercises.tokens import ratio, weights, x, year
from snippets.language_model.model import rms_norm


def test_digits_are_not_joined():
    assert year == ["in", "Ġ", "2", "0", "2", "6"]


@pytest.mark.parametrize(("temperature", "difference"), [(0.5, 2), (1, 1), (2, 0.5)])
def test_a_colder_softmax_is_steeper(temperature, difference):
    assert ratio(temperature) == pytest.approx(math.exp(difference), rel=1e-5)


def test_a_scaled_row_is_normalized_to_the_same():
    assert_close(rms_norm(10 * x, torch.ones(4)), rms_norm(x, torch.ones(4)), atol=1e-4, rtol=0)


def test_a_row_depends_only_on_its_token():
    table, ids = weights["token_embd.weight"], torch.tensor([5, 7, 9])
    assert torch.equal(table[ids.flip(0)], table[ids].flip(0))
