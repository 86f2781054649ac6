# SPDX-License-Identifier: MIT
from __future__ import annotations

import runpy

import pytest

from snippets.language_model.what_heads_do import exercises


@pytest.fixture(scope="module")
def ran():
    return runpy.run_path(exercises.__file__, run_name="__main__")


def test_token_6_of_a_repetition_of_four_looks_at_token_3():
    assert exercises.perfect[0, 0, 6].argmax().item() == 3


def test_the_last_word_changes_no_weight_of_the_word_it(ran):
    assert ran["moved"] < 1e-4


def test_heads_of_layer_1_do_damage_and_are_no_induction_heads(ran):
    assert ran["loss"] == pytest.approx(15.8, abs=0.1)
    assert ran["scores"].max() < 0.05
