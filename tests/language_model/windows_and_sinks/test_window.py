# SPDX-License-Identifier: MIT
import pytest

from snippets.language_model.windows_and_sinks.window import steps_back, window
from snippets.take_along import masks


@pytest.mark.parametrize("n_queries", [1, 4, 7])
@pytest.mark.parametrize("width", [1, 3, 7, 20])
def test_a_window_is_that_of_the_file_to_take_along(n_queries, width):
    assert window(n_queries, 7, width).equal(masks.window(n_queries, 7, keys=width))


def test_a_window_counts_the_querys_own_key():
    assert window(6, 6, 3).sum(dim=-1).tolist() == [1, 2, 3, 3, 3, 3]
    assert window(6, 6, 1).equal(window(6, 6, 1).triu().tril())


def test_steps_count_one_key_more():
    back = steps_back(6, 6)
    steps = (back >= 0) & (back <= 3)
    assert steps.sum(dim=-1).tolist() == [1, 2, 3, 4, 4, 4]
    assert steps.equal(masks.window(6, back=3)) and steps.equal(window(6, 6, 4))


def test_the_last_query_has_the_last_key():
    assert steps_back(2, 5).tolist() == [[3, 2, 1, 0, -1], [4, 3, 2, 1, 0]]
