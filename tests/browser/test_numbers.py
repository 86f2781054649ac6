# SPDX-License-Identifier: MIT
# ruff: noqa: RUF001 - readers type, and the pages write, the minus and the multiplication sign
"""Numbers are read in all forms that readers write, and shown in the form of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Server
from tests.support.lab import SOURCES, serve_sources

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def call(browser: Browser, server: Server) -> Iterator[Call]:
    """`call("parseNumber", "1/2")` calls a function of numbers.js or lists.js."""
    context = browser.new_context()
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url)
    folder = f"{server.url}{SOURCES}/"
    script = """async ([folder, name, ...given]) => {
        const modules = ["numbers.js", "lists.js"].map((file) => import(folder + file));
        return Object.assign({}, ...(await Promise.all(modules)))[name](...given);
    }"""
    yield lambda name, *given: page.evaluate(script, [folder, name, *given])
    context.close()


NUMBERS = {
    "2": 2, "-3": -3, "−3": -3, "–3": -3, "+4": 4, "1,5": 1.5, " 0.25 ": 0.25, ".5": 0.5, ",5": 0.5,
    "5.": 5, "0.5.": 0.5, "1e3": 1000, "1E−3": 0.001, "−1,5e2": -150, "5e-1": 0.5, "7.0443e+00": 7.0443,
    "1/3": 1 / 3, "1 / 2": 0.5, "-1 / 2": -0.5, "1.0/2.0": 0.5, "1⁄2": 0.5, "1∕2": 0.5, "1 ÷ 2": 0.5,
    "½": 0.5, "-¾": -0.75, "⅓": 1 / 3, "50%": 0.5, "12,5%": 0.125, "-0": 0, "1e-400": 0,
}  # fmt: skip
WORDS = ["", " ", "abc", "NaN", "Infinity", "∞", "1e400", "--1", "1-", "−", "1,2,3", "1.2.3", "1 000",
         "0x10", "1_000", "e5", "1e", "１", "null", "[]", "1/0", "1/", "/2", "1/2/3", "%", "1½", "½½",
         "1,000,000", "two", "0.5 0.6"]  # fmt: skip


def test_a_number_is_read_in_all_notations(call: Call) -> None:
    assert {text: call("parseNumber", text) for text in NUMBERS} == pytest.approx(NUMBERS)


def test_other_texts_are_not_read_as_numbers(call: Call) -> None:
    assert [text for text in WORDS if call("parseNumber", text) is not None] == []


ROWS = {
    "[0.8808, 0.1192]": [[0.8808, 0.1192]],
    "tensor([[1., 0.],\n        [0., 2.]])": [[1, 0], [0, 2]],
    "tensor([[1.5]], dtype=torch.float64)": [[1.5]],
    "[[1,2],[3,4]]": [[1, 2], [3, 4]],
    "[0,5]": [[0, 5]],
    "0,5 0,6": [[0.5, 0.6]],
    "0,5; 0,6": [[0.5, 0.6]],
    "0.5,0.6": [[0.5, 0.6]],
    "1, 2": [[1, 2]],
    "1,2": [[1.2]],
    "1,2,3": [[1, 2, 3]],
    "1\t2\r\n3\t4\r\n": [[1, 2], [3, 4]],
    "1 / 2, 3 / 4": [[0.5, 0.75]],
    "−1 2\n\n3e0 4": [[-1, 2], [3, 4]],
}


def test_a_list_or_matrix_is_read_in_all_notations(call: Call) -> None:
    assert {text: call("parseRows", text) for text in ROWS} == ROWS


def test_a_list_with_any_other_text_is_rejected(call: Call) -> None:
    for text in ("", "\n", "words", "1, two", "[1, NaN]", "x = 1"):
        assert call("parseRows", text) is None, text


def test_a_sentence_has_up_to_four_decimals(call: Call) -> None:
    spelled = {
        1: "1", -2: "−2", 0.1: "0.1", 0.46831: "0.4683", 6.0336e-06: "0.0000060336",
        1002001: "1002001", 1234567.5: "1.2346e6", 2.4452e-30: "2.4452e−30",
    }  # fmt: skip
    assert {number: call("spell", number) for number in spelled} == spelled
    assert call("spellList", [1, -0.5]) == "[1, −0.5]"
    assert call("spellFactor", -2) == "(−2)"


def test_the_cells_of_a_tensor_have_a_uniform_format(call: Call) -> None:
    for number, whole, text in (
        (2, True, "2"), (2, False, "2.00"), (-0.001, False, "0.00"), (-0.005, False, "−0.01"),
        (1002001, True, "1.0e6"),
    ):  # fmt: skip
        assert call("shorten", number, whole) == text
