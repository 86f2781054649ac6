# SPDX-License-Identifier: MIT
from torch.testing import assert_close

from snippets.walkthrough.queries_keys_values import values
from snippets.walkthrough.weighted_values import weighted_values


def test_the_number_is_the_one_that_was_asked(solved):
    assert_close(solved["one_number"], weighted_values[2, 1, 1])


def test_the_axes_are_queries_keys_and_the_width_of_a_value(solved):
    assert solved["other"].shape == (5, 7, 2)


def test_a_louder_value_changes_its_row_in_every_block(solved):
    assert_close(solved["louder"][2], 2 * values[2])
    changed = solved["change"] != 0
    assert changed[:, 2].all()
    assert not changed[:, :2].any()
