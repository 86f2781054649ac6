# SPDX-License-Identifier: MIT
"""The reports on the page have the right diagnosis and fit the page."""

import pytest

from snippets.check_your_attention.reports import ATTENTIONS, fold, report
from snippets.take_along.attention_check import check


@pytest.mark.parametrize(
    ("name", "mistakes", "weaknesses"),
    [
        ("axis", ["softmax_queries"], []),
        ("causal", ["causal_sees_next", "causal_top_left"], []),
        ("right", [], ["nan_rows"]),
    ],
)
def test_each_attention_is_diagnosed_as_the_page_says(name, mistakes, weaknesses):
    found = check(ATTENTIONS[name])
    assert (found.mistakes, found.weaknesses) == (mistakes, weaknesses)


def test_a_report_keeps_its_words_and_fits_the_page():
    lines = report("axis").splitlines()
    assert max(map(len, lines)) <= 76
    assert " ".join(report("axis").split()) == " ".join(str(check(ATTENTIONS["axis"])).split())


def test_a_folded_line_is_indented():
    first, second = fold("    tried: " + "word " * 20).splitlines()
    assert (len(first) - len(first.lstrip()), len(second) - len(second.lstrip())) == (4, 8)
