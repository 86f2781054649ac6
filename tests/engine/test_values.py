# SPDX-License-Identifier: MIT
from __future__ import annotations

import html
import json
import math

import numpy as np
import pytest
import torch

from engine.run import values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor([1.936618, 6.683105, 1.595067]), "[1.9366, 6.6831, 1.5951]"),
        (torch.tensor([[2.0, 4.0], [4.0, 16.0]]), "[[2, 4], [4, 16]]"),
        (torch.tensor([1.99999, 7.964, 6.0337e-06]), "[2.000, 7.964, 6.0337e-06]"),
        ([0.0, 0.5], "[0.0, 0.5]"),
        (torch.tensor(6.0337e-06), "6.0337e-06"),
        (torch.zeros(3, 4).shape, "(3, 4)"),
        ((3,), "(3,)"),
        (np.float32(0.5), "0.5"),
        (-0.25, "-0.25"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (True, "True"),
        (7, "7"),
        (1e12, "1.0000e+12"),
        ("as it is", "as it is"),
    ],
)
def test_a_value_is_written_as_in_a_sentence(value: object, text: str) -> None:
    assert values.inline(value) == text


@pytest.mark.parametrize(
    "text",
    ["<b>", "a*b*", "`x`", "a_b", "two\nlines", "$x$", "&amp;", "\x1b[0m", "\ud800", "[TOC]"],
)
def test_possible_markup_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="may be markup"):
        values.inline(text)


def test_a_value_too_long_for_a_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a sentence"):
        values.inline(list(range(1000)))


def test_an_object_without_a_form_is_refused() -> None:
    with pytest.raises(ValueError, match="a dict has no form for a sentence"):
        values.inline({})


def test_a_table_carries_name_shape_and_exact_numbers() -> None:
    weights = torch.tensor([[1 / 3, 2.0]])
    table = values.table(weights, "module.weights")
    assert table is not None
    assert 'data-tensor="module.weights"' in table
    assert "<caption><code>module.weights</code> <span>(1, 2)</span></caption>" in table
    assert "<td>0.3333</td><td>2.0000</td>" in table
    exact = table.split('data-values="')[1].split('"')[0]
    assert torch.equal(torch.tensor(json.loads(exact)), weights)


def test_a_table_has_no_power_of_ten_beside_plain_numbers() -> None:
    table = values.table(torch.tensor([6.0337e-06, 0.25, 0.0]), "weights")
    assert table and "<td>0.00</td><td>0.25</td><td>0.00</td>" in table
    assert "<td>6.0337e-06</td>" in (values.table(torch.tensor([6.0337e-06]), "weights") or "")


def test_only_rows_and_matrices_have_tables() -> None:
    assert values.table(torch.zeros(2, 2, 2), "x") is None
    assert values.table("text", "x") is None


def test_a_count_has_all_its_digits():
    assert values.inline(7087872) == "7087872"
    assert values.inline([1234567, 2]) == "[1234567, 2]"


def test_a_table_that_is_too_large_for_a_page_is_refused():
    with pytest.raises(ValueError, match="1000000 numbers are too many for a table"):
        values.table(torch.zeros(1000, 1000), "x")


@pytest.mark.parametrize(
    ("value", "why"), [(b"1" * 100_001, "too many for a page"), ("ä".encode(), "has to be ASCII")]
)
def test_data_that_no_page_can_carry_is_refused(value: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        values.data(value)


def test_a_table_of_an_expression_shows_the_expression() -> None:
    assert "<code>t2*1e3</code>" in (values.table(torch.zeros(2), "t2*1e3") or "")


def test_an_expression_cannot_become_markup() -> None:
    table = values.table(torch.zeros(2), "f['<b>'](2)[\"`{: .x}\"]") or ""
    caption = table.partition("<caption><code>")[2].partition("</code>")[0]
    assert html.unescape(caption) == "f['<b>'](2)[\"`{: .x}\"]"
    assert not set(caption) & set('<>"[]{}`')
