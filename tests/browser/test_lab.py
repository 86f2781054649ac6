# SPDX-License-Identifier: MIT
# ruff: noqa: RUF001 - readers type, and the lab writes, the minus and the multiplication sign
"""The lab computes what torch computes, and works by pointer, keyboard, touch, link and script."""

from __future__ import annotations

import ast
import gzip
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib.image
import pytest
import torch
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from snippets.real_attention.cross_attention.attention import cross_outputs
from snippets.real_attention.cross_attention.target import target
from snippets.real_attention.multi_head.side_by_side import (
    side_by_side,
    wide_w_key,
    wide_w_query,
    wide_w_value,
)
from tests.support.axe import axe_report
from tests.support.browser import TIMEOUT
from tests.support.lab import GOOD

EDITABLE = ("x", "w_query", "w_key", "w_value")
COMPUTED = ("queries", "keys", "values", "scores", "weights", "outputs")
NOTHING_FITS = "does not fit this lab"
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
Open = Callable[..., Page]


@pytest.fixture
def open_lab(context: BrowserContext, server: Any) -> Iterator[Open]:
    """`open_lab("#lab=…")` opens the lab. Fail at the end if the console has errors."""
    errors: list[str] = []

    def opened(fragment: str = "") -> Page:
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}lab/{fragment}")
        expect(page.locator(".lab-bench")).to_be_visible()
        return page

    yield opened
    assert errors == []


@pytest.fixture
def lab(open_lab: Open) -> Page:
    return open_lab()


@pytest.fixture(scope="module")
def shared(browser: Browser, server: Any) -> Iterator[Page]:
    """An open lab, shared by tests that restore its numbers."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    expect(page.locator(".lab-bench")).to_be_visible()
    yield page
    context.close()


@pytest.fixture(scope="module")
def built(site: Path) -> dict[str, torch.Tensor]:
    """The tensors that the build wrote into the page, without rounding."""
    page = (site / "lab" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'data-tensor="(\w+)" data-values="([^"]+)"', page)
    tensors = {
        name: torch.tensor(json.loads(values), dtype=torch.float64) for name, values in found
    }
    assert set(tensors) == {*EDITABLE, *COMPUTED}
    return tensors


def cell(page: Page, name: str, row: int, column: int) -> Locator:
    return page.get_by_label(f"{name}, row {row}, column {column}", exact=True)


def result(page: Page, name: str, row: int, column: int) -> Locator:
    rows = page.locator(f"[data-tensor={name}] tr:has(td[data-value])")
    return rows.nth(row - 1).locator("td").nth(column - 1)


def typed(page: Page, name: str) -> list[list[float]]:
    role = "inputs" if name == "x" else name
    rows = page.locator(f"[data-tensor={role}] tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td input')].map(cell => cell.value))"
    )
    return [[float(value) for value in row] for row in rows]


def computed(page: Page, name: str) -> torch.Tensor:
    rows = page.locator(f"[data-tensor={name}] tr:has(td[data-value])").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.dataset.value))"
    )
    numbers = [[float(value.replace("Infinity", "inf")) for value in row] for row in rows]
    return torch.tensor(numbers, dtype=torch.float64)


def with_torch(
    page: Page, scale: bool, causal: bool, temperature: float, heads: int
) -> dict[str, Any]:
    """Return torch's results for the numbers on screen. A target on screen gives the queries."""
    x, w_query, w_key, w_value = (
        torch.tensor(typed(page, name), dtype=torch.float64) for name in EDITABLE
    )
    asking = torch.tensor(typed(page, "target") or x.tolist(), dtype=torch.float64)
    queries, keys, values = asking @ w_query, x @ w_key, x @ w_value
    q, k, v = (t.unflatten(-1, (heads, -1)).transpose(0, 1) for t in (queries, keys, values))
    scores = q @ k.mT / temperature / (k.shape[-1] ** 0.5 if scale else 1)
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores).tril() == 0, float("-inf"))
    weights = scores.softmax(dim=-1)
    outputs = (weights @ v).transpose(0, 1).flatten(1)
    made = (queries, keys, values, scores.flatten(0, 1), weights.flatten(0, 1), outputs)
    return dict(zip(COMPUTED, made, strict=True))


def assert_agrees(page: Page, *, scale=False, causal=False, temperature=1.0, heads=1) -> None:
    for name, theirs in with_torch(page, scale, causal, temperature, heads).items():
        torch.testing.assert_close(computed(page, name), theirs, atol=1e-5, rtol=1e-9)


def state(x: list[list[float]], weights: list[Any], scale=0, causal=0, temperature=1.0) -> str:
    matrices = [";".join(",".join(map(str, row)) for row in matrix) for matrix in (x, *weights)]
    tokens = [f"t{i}" for i in range(len(x))]
    return "#lab=" + "/".join([*matrices, str(scale), str(causal), str(temperature), *tokens])


# ---- The numbers ------------------------------------------------------------------------------


def test_the_lab_starts_from_the_numbers_of_the_build(lab: Page, built: dict[str, Any]) -> None:
    for name in EDITABLE:
        assert typed(lab, name) == built[name].tolist()


def test_on_the_running_example_lab_and_build_agree(lab: Page, built: dict[str, Any]) -> None:
    for name in COMPUTED:
        torch.testing.assert_close(computed(lab, name), built[name], atol=1e-5, rtol=1e-5)
    assert_agrees(lab)


def test_an_edit_updates_all_results_at_once(lab: Page) -> None:
    before = computed(lab, "outputs")
    cell(lab, "x", 2, 3).fill("-1.5")
    assert not torch.equal(computed(lab, "outputs"), before)
    assert_agrees(lab)
    cell(lab, "w_value", 4, 2).fill("7")
    assert_agrees(lab)


@pytest.mark.parametrize("scale", (False, True))
@pytest.mark.parametrize("causal", (False, True))
@pytest.mark.parametrize("temperature", (0.1, 1, 3.7))
def test_the_switches_agree_with_torch(
    lab: Page, scale: bool, causal: bool, temperature: float
) -> None:
    lab.get_by_label("Scale by").set_checked(scale)
    lab.get_by_label("Causal mask").set_checked(causal)
    lab.get_by_label("Temperature").fill(str(temperature))
    assert_agrees(lab, scale=scale, causal=causal, temperature=temperature)


def test_two_heads_split_the_columns_and_join_their_outputs(lab: Page) -> None:
    switch = lab.get_by_label("Two heads")
    switch.check()
    expect(switch).to_be_focused()
    assert computed(lab, "scores").shape == (6, 3)
    assert_agrees(lab, heads=2)
    lab.get_by_label("Scale by").check()
    lab.get_by_label("Causal mask").check()
    cell(lab, "w_value", 2, 4).fill("-1.5")
    assert_agrees(lab, scale=True, causal=True, heads=2)
    lab.get_by_role("button", name="Add an input").click()
    assert_agrees(lab, scale=True, causal=True, heads=2)
    switch.uncheck()
    assert_agrees(lab, scale=True, causal=True)


def test_two_heads_begin_with_the_numbers_of_their_chapter(lab: Page) -> None:
    lab.get_by_label("Two heads").check()
    for name, wide in (("w_query", wide_w_query), ("w_key", wide_w_key), ("w_value", wide_w_value)):
        assert typed(lab, name) == wide.tolist()
    lab.get_by_label("Scale by").check()
    torch.testing.assert_close(computed(lab, "outputs").float(), side_by_side)


def test_in_cross_attention_the_queries_come_from_the_target(lab: Page) -> None:
    switch = lab.get_by_label("Cross-attention")
    causal = lab.get_by_label("Causal mask")
    causal.check()
    switch.check()
    expect(switch).to_be_focused()
    expect(causal).to_be_disabled()
    assert typed(lab, "target") == target.tolist()
    assert_agrees(lab)
    lab.get_by_label("Scale by").check()
    torch.testing.assert_close(computed(lab, "outputs").float(), cross_outputs)
    cell(lab, "target", 1, 1).fill("3")
    lab.get_by_label("Two heads").check()
    assert_agrees(lab, scale=True, heads=2)
    expect(lab.get_by_role("link", name="Print a worksheet")).to_be_hidden()
    switch.uncheck()
    assert_agrees(lab, scale=True, causal=True, heads=2)


def test_explanations_name_the_head_and_the_target(lab: Page) -> None:
    lab.get_by_label("Two heads").check()
    said = lab.locator(".lab-sum")
    result(lab, "scores", 4, 2).hover()
    expect(said).to_have_text("scores[1, 0, 1] (head 2, loan → river): 2×0 + 2×2 = 4")
    expect(lab.locator("[data-tensor=queries] .lab-lit")).to_have_count(2)
    expect(lab.locator("[data-tensor=keys] .lab-lit")).to_have_count(2)
    result(lab, "outputs", 1, 3).hover()
    expect(lab.locator("[data-tensor=weights] tr:has(td[data-value])").nth(3)).to_have_text(
        re.compile("loan")
    )
    for column in range(3):
        expect(result(lab, "weights", 4, column + 1)).to_have_class(re.compile("lab-lit"))
    expect(lab.locator("[data-tensor=weights] .lab-lit")).to_have_count(3)
    lab.get_by_label("Cross-attention").check()
    cell(lab, "target", 1, 2).focus()
    expect(said).to_have_text("target[0, 1] (target 1, column 2): 1, which goes into queries")
    cell(lab, "x", 1, 1).focus()
    expect(said).to_have_text("x[0, 0] (loan, column 1): 1, which goes into keys, values")


def test_under_the_mask_the_future_does_not_leak(lab: Page) -> None:
    lab.get_by_label("Causal mask").check()
    before = computed(lab, "outputs")
    cell(lab, "x", 3, 1).fill("50")
    after = computed(lab, "outputs")
    assert torch.equal(after[:2], before[:2])
    assert not torch.equal(after[2], before[2])


@pytest.mark.parametrize("n", range(1, 7))
def test_random_states_agree_with_torch(open_lab: Open, n: int) -> None:
    draw = random.Random(n)

    def matrix(rows: int, columns: int, size: float) -> list[list[float]]:
        return [[round(draw.uniform(-size, size), 3) for _ in range(columns)] for _ in range(rows)]

    for size in (2, 1000, 1e6):
        weights = [matrix(4, 3, size) for _ in range(3)]
        fragment = state(
            matrix(n, 4, size), weights, scale=n % 2, causal=n // 2 % 2, temperature=0.7
        )
        page = open_lab(fragment)
        assert computed(page, "outputs").shape == (n, 3)
        assert_agrees(page, scale=bool(n % 2), causal=bool(n // 2 % 2), temperature=0.7)
        page.close()


def test_inputs_can_be_added_up_to_six_and_removed_down_to_one(lab: Page) -> None:
    add = lab.get_by_role("button", name="Add an input")
    for n in (4, 5, 6):
        add.click()
        expect(cell(lab, "x", n, 1)).to_be_focused()
        assert_agrees(lab)
    expect(add).to_be_disabled()
    for n in (5, 4, 3, 2, 1):
        lab.get_by_role("button", name="Remove input 1").click()
        assert computed(lab, "outputs").shape[0] == n
        assert_agrees(lab)
    expect(lab.get_by_role("button", name="Remove input 1")).to_be_disabled()


def test_random_numbers_are_small_integers(lab: Page) -> None:
    before = typed(lab, "w_key")
    lab.get_by_role("button", name="Random small integers").click()
    numbers = [number for name in EDITABLE for row in typed(lab, name) for number in row]
    assert typed(lab, "w_key") != before
    assert all(number == int(number) and abs(number) <= 3 for number in numbers)
    assert_agrees(lab)


def test_reset_restores_the_numbers_of_the_page(lab: Page, built: dict[str, Any]) -> None:
    cell(lab, "x", 1, 1).fill("9")
    lab.get_by_label("Causal mask").check()
    lab.get_by_label("name of input 1", exact=True).fill("the")
    lab.get_by_role("button", name="Reset").click()
    assert typed(lab, "x") == built["x"].tolist()
    expect(lab.get_by_label("Causal mask")).not_to_be_checked()
    expect(lab.get_by_label("name of input 1", exact=True)).to_have_value("loan")
    assert_agrees(lab)


def olds(page: Page, name: str) -> list[str]:
    """Return the old values that the cells of a result show."""
    cells = page.locator(f"[data-tensor={name}] td[data-value]")
    return cells.evaluate_all("cells => cells.map(cell => cell.dataset.old ?? '')")


def test_results_show_their_old_values_until_the_next_edit(lab: Page) -> None:
    cell(lab, "x", 1, 1).fill("2")
    assert olds(lab, "queries") == ["1", "", "2", "", "", "", "", "", ""]
    shown = "cell => getComputedStyle(cell, '::before').content"
    assert result(lab, "queries", 1, 1).evaluate(shown).startswith('"1 →"')
    assert any(olds(lab, "outputs"))
    result(lab, "outputs", 1, 1).focus()
    assert any(olds(lab, "outputs")), "one cannot even look at them"
    cell(lab, "x", 1, 2).focus()
    assert not any(olds(lab, "queries") + olds(lab, "outputs"))


def test_the_experiments_do_what_their_names_say(lab: Page, built: dict[str, Any]) -> None:
    lab.get_by_role("button", name="Make input 2 louder").click()
    assert typed(lab, "x")[1] == (2 * built["x"][1]).tolist()
    assert olds(lab, "keys")[3] == "4"
    lab.get_by_role("button", name="Cool down").click()
    assert_agrees(lab, temperature=0.3)
    lab.get_by_role("button", name="Hide the future").click()
    expect(lab.get_by_label("Causal mask")).to_be_checked()
    assert_agrees(lab, temperature=0.3, causal=True)
    expect(lab.locator(".lab-sum")).to_contain_text("The causal mask is on.")


def test_undo_reverts_changes_one_by_one(lab: Page, built: dict[str, Any]) -> None:
    undo = lab.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    cell(lab, "x", 1, 1).press_sequentially("25")
    lab.get_by_label("Causal mask").check()
    lab.get_by_role("button", name="Remove input 3").click()
    lab.get_by_label("name of input 1", exact=True).fill("cat")
    undo.click()
    expect(lab.get_by_label("name of input 1", exact=True)).to_have_value("loan")
    undo.click()
    assert typed(lab, "x")[2] == built["x"][2].tolist()
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(lab.get_by_label("Causal mask")).not_to_be_checked()
    assert typed(lab, "x")[0][0] != built["x"][0, 0], "the number was typed before"
    undo.click()
    assert typed(lab, "x") == built["x"].tolist()
    assert "#lab=" not in lab.url
    expect(undo).to_be_disabled()
    assert_agrees(lab)


PASTE = """(box, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    return box.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize(
    "text", ["tensor([[1., 2., 3.],\n        [4., 5., 6.]])", "1\t2\t3\n4\t5\t6\n", "[[1,2,3],[4,5,6]]"]
)  # fmt: skip
def test_a_matrix_can_be_pasted(lab: Page, built: dict[str, Any], text: str) -> None:
    assert not cell(lab, "w_key", 2, 1).evaluate(PASTE, text), "it is inserted once more"
    expected = built["w_key"].clone()
    expected[1:3] = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    assert typed(lab, "w_key") == expected.tolist()
    expect(cell(lab, "w_key", 2, 1)).to_be_focused()
    assert_agrees(lab)
    lab.get_by_role("button", name="Undo").click()
    assert typed(lab, "w_key") == built["w_key"].tolist()


def test_pasted_rows_add_missing_inputs(lab: Page) -> None:
    cell(lab, "x", 3, 1).evaluate(PASTE, "1 2 3 4\n5 6 7 8")
    assert typed(lab, "x")[2:] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    expect(lab.get_by_label("name of input 4", exact=True)).to_have_value("input 4")
    assert_agrees(lab)


@pytest.mark.parametrize(
    "text", ["1 2 3 4 5", "1 2\n" * 7, "2000000 1"], ids=["wide", "tall", "large"]
)
def test_a_matrix_that_does_not_fit_is_not_pasted(
    lab: Page, built: dict[str, Any], text: str
) -> None:
    assert not cell(lab, "x", 1, 1).evaluate(PASTE, text)
    assert typed(lab, "x") == built["x"].tolist()
    expect(lab.locator(".lab-sum")).to_contain_text("does not fit")


@pytest.mark.parametrize("text", ["7", "words", ""])
def test_a_text_that_is_no_matrix_is_pasted_normally(lab: Page, text: str) -> None:
    assert cell(lab, "x", 1, 1).evaluate(PASTE, text), "the browser was kept from pasting"


def test_the_lab_comes_first_and_names_the_words_of_the_example(lab: Page) -> None:
    lab.set_viewport_size({"width": 1280, "height": 800})
    for place, word in enumerate(("loan", "river", "bank"), start=1):
        expect(lab.get_by_label(f"name of input {place}", exact=True)).to_have_value(word)
    for one in (cell(lab, "x", 3, 4), lab.locator("[data-tensor=outputs] table")):
        assert above_the_bar(lab, one), "one has to scroll"


# ---- Typed numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), ("-3", -3), ("−3", -3), ("+4", 4), ("1,5", 1.5), (" 0.25 ", 0.25), (".5", 0.5),
        ("5.", 5), ("1e3", 1000), ("1E−3", 0.001), ("−1,5e2", -150), ("-0", 0), ("1e-400", 0),
        ("1 / 4", 0.25), ("½", 0.5), ("50%", 0.5), ("-3/-2", 1.5),
    ],
)  # fmt: skip
def test_numbers_may_be_written_in_many_ways(shared: Page, text: str, number: float) -> None:
    cell(shared, "x", 1, 2).fill("7")
    cell(shared, "x", 1, 2).fill(text)
    expect(cell(shared, "x", 1, 2)).not_to_have_attribute("aria-invalid", "true")
    w_query = torch.tensor(typed(shared, "w_query"), dtype=torch.float64)
    x = torch.tensor([[1.0, number, 1.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(computed(shared, "queries")[:1], x @ w_query)
    cell(shared, "x", 1, 2).fill("0")


@pytest.mark.parametrize(
    "text",
    ["abc", "NaN", "Infinity", "-Infinity", "∞", "1e400", "-1e400", "1e7", "--1", "1-", "−",
     "1,2,3", "1.2.3", "1 000", "0x10", "1_000", "e5", "1e", "１", "<b>1</b>", "null", "1/0", "1//2", "1½", "[]"],
)  # fmt: skip
def test_an_invalid_number_is_reported_and_the_last_valid_one_stays(
    shared: Page, text: str
) -> None:
    before = computed(shared, "outputs")
    bad = cell(shared, "w_key", 2, 1)
    bad.fill(text)
    expect(bad).to_have_attribute("aria-invalid", "true")
    said = shared.locator(f"[id='{bad.get_attribute('aria-describedby')}']")
    expect(said).to_contain_text(
        f"“{text}” is not a number from −1,000,000 to 1,000,000. The last good one, 1, stays"
    )
    assert torch.equal(computed(shared, "outputs"), before)
    assert said.locator("b").count() == 0
    bad.fill("1")
    expect(bad).not_to_have_attribute("aria-invalid", "true")
    assert_agrees(shared)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_box_is_no_mistake_while_typing(lab: Page, text: str) -> None:
    before = computed(lab, "outputs")
    box = cell(lab, "x", 1, 1)
    box.fill(text)
    expect(box).not_to_have_attribute("aria-invalid", "true")
    expect(lab.locator(".lab-sum")).to_contain_text("x[0, 0] (loan, column 1): 1, which goes")
    assert torch.equal(computed(lab, "outputs"), before)
    box.blur()
    expect(box).to_have_value("1")


def test_a_number_that_rounds_to_zero_has_no_minus(lab: Page) -> None:
    cell(lab, "x", 1, 1).fill("-0.001")
    cell(lab, "x", 1, 3).fill("0")
    assert computed(lab, "queries")[0, 0] == -0.001
    expect(result(lab, "queries", 1, 1)).to_have_text("0.00")
    result(lab, "queries", 1, 1).hover()
    expect(lab.locator(".lab-sum")).to_contain_text("= −0.001")
    cell(lab, "x", 1, 1).fill("-0.005")
    expect(result(lab, "queries", 1, 1)).to_have_text("−0.01")


def test_a_token_has_any_name_and_never_becomes_markup(lab: Page) -> None:
    name = lab.get_by_label("name of input 2", exact=True)
    name.fill("<i>cat</i>")
    expect(lab.locator("[data-tensor=scores] thead th").nth(1)).to_have_text("<i>cat</i>")
    expect(lab.get_by_label("Follow").locator("option").nth(1)).to_have_text("<i>cat</i>")
    name.focus()
    expect(lab.locator(".lab-changes th").nth(1)).to_have_text("<i>cat</i>")
    assert lab.locator("attention-lab i").count() == 0
    name.fill("")
    name.blur()
    expect(name).to_have_value("input 2")


# ---- Links ------------------------------------------------------------------------------------


def test_a_link_carries_the_whole_state(lab: Page, open_lab: Open, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.get_by_role("button", name="Add an input").click()
    cell(lab, "x", 4, 2).fill("-2,5")
    cell(lab, "w_value", 1, 1).fill("1e-7")
    lab.get_by_label("Scale by").check()
    lab.get_by_label("Temperature").fill("0.3")
    lab.get_by_label("name of input 4", exact=True).fill("a/b;c,%é")
    lab.get_by_role("button", name="Copy link").click()
    expect(lab.locator("attention-lab")).to_contain_text("in the clipboard")
    link = lab.evaluate("navigator.clipboard.readText()")
    assert link == lab.url
    other = open_lab("#" + link.split("#")[1])
    assert typed(other, "x")[3] == [0, -2.5, 0, 0]
    assert typed(other, "w_value")[0][0] == 1e-7
    expect(other.get_by_label("name of input 4", exact=True)).to_have_value("a/b;c,%é")
    expect(other.get_by_label("Scale by")).to_be_checked()
    expect(other.get_by_label("Causal mask")).not_to_be_checked()
    for name in COMPUTED:
        assert torch.equal(computed(other, name), computed(lab, name))
    assert_agrees(other, scale=True, temperature=0.3)


def test_a_link_carries_the_heads_and_the_target(
    lab: Page, open_lab: Open, built: dict[str, Any]
) -> None:
    lab.get_by_label("Two heads").check()
    lab.get_by_label("Cross-attention").check()
    cell(lab, "target", 2, 1).fill("-2.5")
    cell(lab, "w_key", 1, 4).fill("7")
    cell(lab, "w_key", 1, 4).blur()
    other = open_lab("#" + lab.url.split("#")[1])
    for name in (*EDITABLE, "target"):
        assert typed(other, name) == typed(lab, name)
    assert_agrees(other, heads=2)
    for _ in range(4):
        lab.get_by_role("button", name="Undo").click()
    assert typed(lab, "w_key") == built["w_key"].tolist()
    expect(lab.get_by_label("Cross-attention")).not_to_be_checked()
    assert "#lab=" not in lab.url


HOSTILE = {
    "nothing": "",
    "no tokens": f"{GOOD}/0/0/1",
    "too few parts": GOOD,
    "fewer tokens than inputs": f"{GOOD}/0/0/1/a",
    "more tokens than inputs": f"{GOOD}/0/0/1/a/b/c",
    "a flag of another value": f"{GOOD}/2/0/1/a/b",
    "a flag that is a name": f"{GOOD}/length/0/1/a/b",
    "temperature zero": f"{GOOD}/0/0/0/a/b",
    "temperature below zero": f"{GOOD}/0/0/-1/a/b",
    "temperature of a million": f"{GOOD}/0/0/1e6/a/b",
    "no temperature": f"{GOOD}/0/0//a/b",
    "a number too large": f"{GOOD.replace('2', '1e400')}/0/0/1/a/b",
    "not a number": f"{GOOD.replace('2', 'NaN')}/0/0/1/a/b",
    "an empty cell": f"{GOOD.replace('2', '')}/0/0/1/a/b",
    "a ragged matrix": f"{GOOD.replace(',2', '')}/0/0/1/a/b",
    "seven inputs": f"{';'.join(['1,0,1,0'] * 7)}{GOOD[15:]}/0/0/1/a/b/c/d/e/f/g",
    "percent signs that spell nothing": f"{GOOD}/0/0/1/%E0%A4/b",
    "a token that is markup": f"{GOOD}/0/0/1/{quote('<img src=x onerror=alert(1)>', safe='')}/b",
    "a token that turns the text": f"{GOOD}/0/0/1/%E2%80%AEab/b",
    "a token of many lines": f"{GOOD}/0/0/1/a%0Ab/b",
    "a target of one row": f"{GOOD.replace('/', '_1,0,1,0/', 1)}/0/0/1/a/b",
    "two targets": f"{GOOD.replace('/', '_1,0,1,0;0,1,0,1_1,0,1,0;0,1,0,1/', 1)}/0/0/1/a/b",
    "a target of words": f"{GOOD.replace('/', '_a,b,c,d;1,1,1,1/', 1)}/0/0/1/a/b",
    "a projection of two heads beside others of one": f"{GOOD.replace('1,0,1;1', '1,0,1,1;1')}/0/0/1/a/b",
    "a raw script": "<script>alert(1)</script>",
    "a prototype": "__proto__/constructor/toString/0/0/1/a",
    "a megabyte": "1," * 500_000,
}


@pytest.mark.parametrize("fragment", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_broken_link_is_reported_and_ignored(
    shared: Page, built: dict[str, Any], fragment: str
) -> None:
    shared.get_by_role("button", name="Reset").click()
    expect(shared.locator(".lab-sum")).to_contain_text("Back to")
    shared.evaluate("hash => { location.hash = hash }", f"#lab={fragment}")
    expect(shared.locator(".lab-sum")).to_contain_text(NOTHING_FITS)
    assert typed(shared, "x") == built["x"].tolist()
    assert shared.locator("attention-lab :is(img, script)").count() == 0
    assert_agrees(shared)


def test_a_page_opened_with_a_broken_link_tells_screen_readers(open_lab: Open) -> None:
    page = open_lab(f"#lab={GOOD}/0/0/1/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E/b")
    expect(page.locator(".lab-sum")).to_contain_text(NOTHING_FITS)
    expect(page.get_by_role("status").filter(has_text=NOTHING_FITS)).to_be_attached()
    assert_agrees(page)


def test_the_valid_part_of_the_broken_links_is_valid(open_lab: Open) -> None:
    page = open_lab(f"#lab={GOOD}/0/0/1/a/b")
    expect(page.locator(".lab-sum")).not_to_contain_text(NOTHING_FITS)
    assert typed(page, "x") == [[1, 0, 1, 0], [0, 2, 0, 2]]


def test_a_token_from_a_link_is_text(open_lab: Open) -> None:
    page = open_lab(f"#lab={GOOD}/0/0/1/%3Cb%3Ex%3C%2Fb%3E/b")
    expect(page.get_by_label("name of input 1", exact=True)).to_have_value("<b>x</b>")
    assert page.locator("attention-lab .lab-table b").count() == 0


@pytest.mark.parametrize(("sent", "read"), [("0.37", 0.4), ("1.04", 1), ("5.04", 5), ("4.3", 4.3)])
def test_a_temperature_is_rounded_to_the_nearest_step_of_the_slider(
    open_lab: Open, sent: str, read: float
) -> None:
    page = open_lab(f"#lab={GOOD}/0/0/{sent}/a/b")
    expect(page.get_by_role("slider")).to_have_value(str(read))
    expect(page.locator("attention-lab output")).to_have_text(str(read))
    assert_agrees(page, temperature=read)


def test_the_lab_ignores_other_fragments(open_lab: Open) -> None:
    expect(open_lab("#some-heading").locator(".lab-sum")).not_to_contain_text(NOTHING_FITS)


def test_a_link_that_is_pasted_into_the_open_page_is_followed(lab: Page) -> None:
    lab.evaluate("hash => { location.hash = hash }", f"#lab={GOOD}/0/1/1/a/b")
    expect(lab.get_by_label("Causal mask")).to_be_checked()
    assert_agrees(lab, causal=True)


# ---- Reload and back --------------------------------------------------------------------------


def edit(page: Page) -> None:
    """Make one change of each kind. The last number is typed without leaving its box."""
    page.get_by_role("button", name="Add an input").click()
    page.get_by_label("name of input 2", exact=True).press_sequentially("!")
    page.get_by_label("Scale by").check()
    page.get_by_label("Temperature").fill("0.3")
    cell(page, "x", 4, 2).press("Delete")
    cell(page, "x", 4, 2).press_sequentially("-2.5")


def assert_edited(page: Page) -> None:
    expect(page.locator(".lab-bench")).to_be_visible()
    assert typed(page, "x")[3] == [0, -2.5, 0, 0]
    expect(page.get_by_label("name of input 2", exact=True)).to_have_value("!river")
    expect(page.get_by_role("slider")).to_have_value("0.3")
    assert_agrees(page, scale=True, temperature=0.3)


def test_a_reload_keeps_the_numbers(lab: Page) -> None:
    edit(lab)
    lab.reload()
    assert_edited(lab)


@pytest.mark.parametrize("instant", (False, True))
def test_back_from_another_page_restores_the_numbers(
    context: BrowserContext, server: Any, instant: bool
) -> None:
    page = context.new_page()
    page.goto(f"{server.sub if instant else server.url}lab/", wait_until="networkidle")
    page.evaluate("window.kept = true")
    edit(page)
    if instant:
        page.locator(".turn-next").click()
    else:
        page.goto(f"{server.url}glossary/")
    expect(page.locator(".lab-bench")).to_have_count(0)
    page.go_back()
    assert_edited(page)
    assert page.evaluate("window.kept") or not instant


def test_back_from_a_pasted_link_restores_the_numbers_before_it(
    lab: Page, built: dict[str, Any]
) -> None:
    lab.evaluate("hash => { location.hash = hash }", f"#lab={GOOD}/0/1/1/a/b")
    expect(lab.get_by_label("Causal mask")).to_be_checked()
    cell(lab, "x", 1, 1).press_sequentially("7")
    changed = typed(lab, "x")
    lab.go_back()
    expect(lab.get_by_label("Causal mask")).not_to_be_checked()
    assert typed(lab, "x") == built["x"].tolist()
    lab.go_forward()
    expect(lab.get_by_label("Causal mask")).to_be_checked()
    assert typed(lab, "x") == changed
    assert_agrees(lab, causal=True)


def test_the_address_has_no_numbers_while_they_are_those_of_the_page(
    lab: Page, server: Any
) -> None:
    lab.get_by_role("button", name="Next").click()
    lab.get_by_label("Causal mask").check()
    assert "#lab=" in lab.url
    lab.get_by_label("Causal mask").uncheck()
    assert lab.url == f"{server.url}lab/"
    edit(lab)
    lab.get_by_role("button", name="Reset").click()
    assert lab.url == f"{server.url}lab/"
    lab.evaluate("location.hash = 'some-heading'")
    lab.get_by_role("button", name="Next").click()
    assert lab.url == f"{server.url}lab/#some-heading"


# ---- The PyTorch script -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "causal", "temperature"), [(False, False, 1), (True, True, 0.5), (False, True, 2.5)]
)
def test_the_pytorch_script_runs_and_prints_the_outputs(
    lab: Page, context: BrowserContext, scale: bool, causal: bool, temperature: float
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell(lab, "x", 1, 1).fill("-1,25")
    cell(lab, "w_key", 1, 1).fill("1e-7")
    lab.get_by_label("Scale by").set_checked(scale)
    lab.get_by_label("Causal mask").set_checked(causal)
    lab.get_by_label("Temperature").fill(str(temperature))
    lab.get_by_role("button", name="Copy as PyTorch").click()
    expect(lab.locator(".lab-sum")).to_contain_text("in the clipboard")
    script = lab.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "e-" not in done.stdout and "e+" not in done.stdout, "in scientific notation"
    assert ("scores / " in script.replace("scores / keys", "")) == (temperature != 1)
    printed = re.search(r"\[\[.*\]\]", done.stdout, re.DOTALL)
    outputs = torch.tensor(ast.literal_eval(printed[0]), dtype=torch.float64)
    torch.testing.assert_close(outputs, computed(lab, "outputs"), atol=1e-4, rtol=1e-4)


def test_with_a_blocked_clipboard_the_script_can_be_copied_by_hand(lab: Page) -> None:
    lab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    lab.get_by_role("button", name="Copy as PyTorch").click()
    script = lab.get_by_role("textbox", name="The script")
    expect(script).to_be_focused()
    assert "print(outputs)" in script.input_value()
    assert lab.evaluate("getSelection().toString() || document.activeElement.selectionEnd")
    script.blur()
    expect(script).to_have_count(0)


@pytest.mark.parametrize(("scale", "crossed"), [(True, False), (False, True)])
def test_the_script_of_two_heads_prints_their_outputs(
    lab: Page, context: BrowserContext, scale: bool, crossed: bool
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.get_by_label("Two heads").check()
    lab.get_by_label("Causal mask").check()
    lab.get_by_label("Scale by").set_checked(scale)
    lab.get_by_label("Cross-attention").set_checked(crossed)
    lab.get_by_role("button", name="Copy as PyTorch").click()
    expect(lab.locator(".lab-sum")).to_contain_text("in the clipboard")
    script = lab.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    printed = re.search(r"\[\[.*\]\]", done.stdout, re.DOTALL)
    outputs = torch.tensor(ast.literal_eval(printed[0]), dtype=torch.float64)
    torch.testing.assert_close(outputs, computed(lab, "outputs"), atol=1e-4, rtol=1e-4)


# ---- Explanations -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "row", "column", "said", "lit"),
    [
        ("queries", 1, 3, "1×1 + 0×0 + 1×1 + 0×1 = 2", {"inputs": 4, "w_query": 4}),
        ("scores", 1, 2, "1×4 + 0×4 + 2×0 = 4", {"queries": 3, "keys": 3}),
        ("weights", 1, 1, "exp(−2) ÷ (exp(−2) + exp(0) + exp(0)) = 0.0634", {"scores": 3}),
        ("outputs", 1, 1, "0.0634×1 + 0.4683×2 + 0.4683×2 = 1.9366", {"weights": 3, "values": 3}),
    ],
)
@pytest.mark.parametrize("how", ("pointer", "keyboard"))
def test_a_result_shows_where_it_comes_from(
    lab: Page, how: str, name: str, row: int, column: int, said: str, lit: dict[str, int]
) -> None:
    target = result(lab, name, row, column)
    target.hover() if how == "pointer" else target.focus()
    expect(lab.locator(".lab-sum")).to_contain_text(said)
    for tensor, cells in lit.items():
        expect(lab.locator(f"[data-tensor={tensor}] td.lab-lit")).to_have_count(cells)
    expect(lab.locator("td.lab-lit")).to_have_count(sum(lit.values()))
    expect(lab.locator("td.lab-result")).to_have_count(1)


def test_scale_and_mask_are_part_of_the_sum(lab: Page) -> None:
    lab.get_by_label("Scale by").check()
    lab.get_by_label("Causal mask").check()
    lab.get_by_label("Temperature").fill("0.5")
    result(lab, "scores", 2, 1).hover()
    expect(lab.locator(".lab-sum")).to_contain_text("(2×0 + 2×1 + 2×1) ÷ √3 ÷ 0.5 = 4.6188")
    result(lab, "scores", 1, 3).hover()
    expect(lab.locator(".lab-sum")).to_contain_text("masked, since bank comes later")


def test_a_cell_is_named_as_in_the_code_and_by_the_names_of_the_inputs(lab: Page) -> None:
    lab.get_by_label("name of input 1", exact=True).fill("cat")
    expect(
        lab.locator("[data-tensor=scores] tbody th, [data-tensor=scores] tr > th[scope=row]").first
    ).to_have_text("cat")
    said = lab.locator(".lab-sum")
    for name, row, column, words in (
        ("weights", 1, 2, "weights[0, 1] (cat → river): exp("),
        ("scores", 2, 1, "scores[1, 0] (river → cat): 2×0 + 2×1 + 2×1 = 4"),
        ("keys", 1, 3, "keys[0, 2] (cat, column 3): "),
    ):
        result(lab, name, row, column).hover()
        expect(said).to_contain_text(words)
    cell(lab, "w_key", 4, 1).focus()
    expect(said).to_have_text("w_key[3, 0] (row 4, column 1): 1, which goes into keys")


def test_pointing_at_a_result_leaves_the_shades_of_the_weights(lab: Page) -> None:
    shades = "cells => cells.map(cell => getComputedStyle(cell).backgroundColor)"
    cells = lab.locator("[data-tensor=weights] td[data-value]")
    before = cells.evaluate_all(shades)
    assert len(set(before)) > 5
    result(lab, "outputs", 1, 1).hover()
    expect(lab.locator("[data-tensor=weights] .lab-lit")).to_have_count(3)
    assert cells.evaluate_all(shades) == before


def test_the_stepper_walks_a_query_from_input_to_output(lab: Page) -> None:
    lab.get_by_label("Follow").select_option("river")
    step = lab.get_by_role("button", name="Next")
    walked = []
    for _ in range(7):
        step.click()
        walked.append(lab.locator(".lab-result").first.evaluate(
            "cell => cell.closest('[data-tensor]').dataset.tensor"
        ))  # fmt: skip
    assert walked == ["inputs", "queries", "keys", "scores", "weights", "values", "outputs"]
    expect(lab.locator(".lab-sum")).to_contain_text("= [2, 7.964, 0.054]")
    step.focus()
    lab.keyboard.press("ArrowLeft")
    expect(lab.locator("[data-tensor=values] .lab-result")).to_have_count(9)
    lab.keyboard.press("ArrowRight")
    expect(lab.locator("[data-tensor=outputs] tr").nth(1).locator(".lab-result")).to_have_count(3)
    lab.keyboard.press("ArrowRight")
    expect(lab.locator(".lab-result")).to_have_count(0)


# ---- Keyboard, screen reader, touch -------------------------------------------------------------


def test_each_result_tensor_is_one_stop_for_the_tab_key(lab: Page) -> None:
    for name in COMPUTED:
        expect(lab.locator(f"[data-tensor={name}] td[tabindex='0']")).to_have_count(1)
    lab.get_by_role("link", name="Print a worksheet").focus()
    for name in COMPUTED:
        lab.keyboard.press("Tab")
        expect(result(lab, name, 1, 1)).to_be_focused()
    lab.keyboard.press("ArrowRight")
    lab.keyboard.press("ArrowDown")
    expect(result(lab, "outputs", 2, 2)).to_be_focused()
    lab.keyboard.press("Shift+Tab")
    expect(result(lab, "weights", 1, 1)).to_be_focused()
    lab.keyboard.press("Tab")
    expect(result(lab, "outputs", 2, 2)).to_be_focused()


def test_up_down_and_enter_move_between_the_boxes(lab: Page) -> None:
    cell(lab, "x", 1, 2).focus()
    lab.keyboard.press("ArrowDown")
    expect(cell(lab, "x", 2, 2)).to_be_focused()
    lab.keyboard.type("5")
    lab.keyboard.press("Enter")
    expect(cell(lab, "x", 3, 2)).to_be_focused()
    lab.keyboard.press("Tab")
    expect(cell(lab, "x", 3, 3)).to_be_focused()
    assert typed(lab, "x")[1][1] == 5


def test_results_are_announced_once_the_reader_pauses(lab: Page) -> None:
    status = lab.locator("attention-lab [role=status]")
    lab.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelector("attention-lab [role=status]");
            new MutationObserver(() => window.said.push(status.textContent))
                .observe(status, { childList: true, characterData: true, subtree: true });
        }"""
    )
    cell(lab, "x", 1, 1).press_sequentially("12345", delay=30)
    expect(status).to_contain_text("Outputs: loan [")
    lab.wait_for_timeout(500)
    assert len(lab.evaluate("said")) == 1


def test_every_control_is_named_and_large_enough(lab: Page) -> None:
    controls = lab.locator("attention-lab :is(input, button, select, td[tabindex])")
    boxes = controls.evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.width, box.height] })"
    )
    assert len(boxes) > 100
    assert min(min(box) for box in boxes) >= 24
    named = lab.locator("attention-lab :is(input, button, select)").all()
    assert len(named) > 40
    for control in named:
        expect(control).to_have_accessible_name(re.compile(r"\w"))
    expect(lab.get_by_role("button", name="Remove input 2")).to_be_visible()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for a condition that the page meets within some frames."""
    for _ in range(TIMEOUT // 4 // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


def above_the_bar(page: Page, locator: Locator) -> bool:
    box, bar = locator.bounding_box(), page.locator(".lab-bar").bounding_box()
    return box["y"] >= 48 and box["y"] + box["height"] <= bar["y"]


def test_the_focus_is_visible_and_not_hidden_behind_the_bar(lab: Page) -> None:
    lab.set_viewport_size({"width": 390, "height": 640})
    for locator in (result(lab, "outputs", 3, 3), cell(lab, "w_key", 4, 1)):
        lab.keyboard.press("Tab")  # after a key, the browser shows the focus
        locator.focus()
        until(lab, lambda cell=locator: above_the_bar(lab, cell))
        assert locator.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 640)])
def test_every_tab_stop_is_visible(lab: Page, width: int, height: int) -> None:
    lab.set_viewport_size({"width": width, "height": height})
    lab.evaluate("scrollTo(0, 0)")
    lab.get_by_role("button", name="Make input 2 louder").focus()
    hidden = """() => {
        const box = document.activeElement.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const on_top = document.elementFromPoint(x, y);
        return on_top?.contains(document.activeElement) || document.activeElement.contains(on_top)
            ? "" : document.activeElement.outerHTML;
    }"""
    stops = 0
    while not lab.evaluate("document.activeElement.matches('.lab-steps *')"):
        until(lab, lambda: lab.evaluate(hidden) == "")
        lab.keyboard.press("Tab")
        stops += 1
    assert stops > 60


def test_on_a_low_screen_as_at_400_percent_zoom_the_bar_is_not_sticky(lab: Page) -> None:
    lab.set_viewport_size({"width": 320, "height": 256})
    expect(lab.locator(".lab-bar")).to_have_css("position", "static")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 560)])
def test_the_bar_shows_the_effect_of_an_edit_while_outputs_are_out_of_sight(
    lab: Page, width: int, height: int
) -> None:
    lab.set_viewport_size({"width": width, "height": height})
    changes = lab.locator(".lab-changes")
    box = cell(lab, "x", 2, 2)
    box.focus()
    expect(changes).to_be_in_viewport(ratio=1)
    expect(changes.locator("s")).to_have_count(0)
    box.fill("4")
    expect(changes.locator("tr").first).to_contain_text("loan1.94 1.986.68 12.871.60 0.40")
    until(lab, lambda: above_the_bar(lab, box))
    changes.locator("xpath=..").evaluate("box => box.scrollLeft = 0")
    result(lab, "outputs", 1, 1).focus()
    expect(changes).to_be_hidden()


def test_old_outputs_are_those_at_the_start_of_an_edit(lab: Page) -> None:
    lab.set_viewport_size({"width": 390, "height": 844})
    first = lab.locator(".lab-changes tr").first
    cell(lab, "x", 2, 2).fill("4")
    expect(first.locator("s").first).to_have_text("1.94")
    cell(lab, "x", 1, 1).focus()
    expect(lab.locator(".lab-changes s")).to_have_count(0)
    cell(lab, "x", 1, 1).fill("2")
    expect(first.locator("s").first).to_have_text("1.98")


def test_a_cell_stays_explained_when_the_page_moves_under_the_pointer(lab: Page) -> None:
    lab.get_by_label("name of input 1", exact=True).focus()
    target = result(lab, "queries", 1, 1)
    target.hover()
    said = lab.locator(".lab-sum")
    expect(said).to_contain_text("queries[0, 0]")
    lab.locator("attention-lab").evaluate("lab => { lab.style.paddingTop = '300px' }")
    expect(lab.locator("attention-lab td:hover")).to_have_count(0)
    expect(said).to_contain_text("queries[0, 0]")


def test_on_a_desktop_the_outputs_are_in_sight_while_typing(lab: Page) -> None:
    lab.set_viewport_size({"width": 1280, "height": 800})
    lab.get_by_role("button", name="Make input 2 louder").evaluate(
        "button => scrollTo(0, scrollY + button.getBoundingClientRect().top - 60)"
    )
    lab.evaluate("document.querySelector('[data-tensor=inputs] td input').focus()")
    expect(lab.locator(".lab-changes")).to_be_hidden()
    until(lab, lambda: above_the_bar(lab, lab.locator("[data-tensor=outputs] table")))
    until(lab, lambda: lab.locator(".lab-bar").bounding_box()["height"] <= 70)


def test_the_keyboard_of_a_phone_does_not_cover_the_bar(lab: Page) -> None:
    lab.set_viewport_size({"width": 390, "height": 844})
    lab.evaluate(
        """() => {
            Object.defineProperty(visualViewport, "height", { value: 500 });
            visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    cell(lab, "x", 1, 1).focus()

    def ends_above_the_keyboard() -> bool:
        bar = lab.locator(".lab-bar").bounding_box()
        return bar["y"] + bar["height"] <= 500

    until(lab, ends_above_the_keyboard)


def test_a_phone_does_not_zoom_into_a_field(browser: Browser, server: Any) -> None:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    sizes = page.locator("attention-lab :is(input, select)").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert len(sizes) > 40 and min(sizes) >= 16
    context.close()


def test_each_step_scrolls_its_result_into_view(lab: Page) -> None:
    lab.set_viewport_size({"width": 320, "height": 640})
    for _ in range(7):
        lab.get_by_role("button", name="Next").click()
        until(lab, lambda: above_the_bar(lab, lab.locator(".lab-result").first))


@pytest.mark.parametrize("scheme", ("light", "dark"))
@pytest.mark.parametrize("width", (1280, 390, 320))
def test_axe_finds_nothing_while_the_lab_is_in_use(
    browser: Browser, server: Any, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    for _ in range(3):
        page.get_by_role("button", name="Add an input").click()
    cell(page, "w_key", 2, 1).fill("abc")
    page.get_by_label("Causal mask").check()
    page.get_by_label("Temperature").fill("0.3")
    for act in (
        lambda: result(page, "weights", 4, 2).focus(),
        lambda: [page.get_by_role("button", name="Next").click() for _ in range(7)],
    ):
        act()
        found = axe_report(page)
        assert not found, found
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_forced_colors_show_where_a_result_comes_from(browser: Browser, server: Any) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    page.get_by_role("button", name="Next").click(click_count=2)
    ink = page.evaluate("getComputedStyle(document.body).color")
    for mark, line in ((".lab-lit", "dashed"), (".lab-result", "solid")):
        outline = page.locator(mark).last.evaluate("cell => getComputedStyle(cell).outline")
        assert outline == f"{ink} {line} 2px"
    context.close()


def test_forced_colors_keep_the_shades_and_the_borders_of_the_results(
    browser: Browser, server: Any
) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    style = "cells => cells.map(cell => getComputedStyle(cell).{})"
    results = page.locator("attention-lab td[data-value]")
    assert set(results.evaluate_all(style.format("borderTopWidth"))) == {"1px"}
    weights = page.locator("[data-tensor=weights] td[data-value]").all()
    assert len({color_of(cell) for cell in weights}) > 5
    context.close()


def color_of(cell: Locator) -> tuple[float, ...]:
    """Return the painted color near the corner of a cell: computed styles ignore forced colors."""
    pixels = matplotlib.image.imread(io.BytesIO(cell.screenshot()))
    return tuple(pixels[5, 5])


# ---- Loading ----------------------------------------------------------------------------------


def test_without_scripts_the_tables_of_the_build_are_shown(browser: Browser, server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    for name in (*EDITABLE, *COMPUTED):
        expect(page.locator(f"attention-lab table[data-tensor={name}]")).to_be_visible()
    said = page.locator("attention-lab").evaluate(
        "lab => getComputedStyle(lab, '::before').content"
    )
    assert "where JavaScript runs" in said
    context.close()


def test_with_scripts_no_notice_says_that_they_are_missing(lab: Page) -> None:
    said = lab.locator("attention-lab").evaluate("lab => getComputedStyle(lab, '::before').content")
    assert said == "none"


def test_the_lab_works_from_a_disk(context: BrowserContext, site: Path) -> None:
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: said.type == "error" and failures.append(said.text))
    page.goto((site / "lab" / "index.html").as_uri())
    cell(page, "x", 1, 1).press("Delete")
    cell(page, "x", 1, 1).press_sequentially("3")
    assert_agrees(page)
    page.reload()
    expect(cell(page, "x", 1, 1)).to_have_value("3")
    assert failures == []


def test_the_lab_works_after_instant_navigation_and_on_the_next_visit(
    browser: Browser, server: Any
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.sub}walkthrough/inputs/", wait_until="networkidle")
    page.evaluate("window.kept = true")
    for _ in range(2):
        page.locator(".md-nav--primary").get_by_role("link", name="Lab").click()
        page.wait_for_url("**/lab/")
        expect(page.locator(".lab-bench")).to_have_css("display", "grid")
        cell(page, "x", 1, 1).fill("3")
        assert_agrees(page)
        page.go_back()
        page.wait_for_url("**/inputs/")
        expect(page.locator(".lab-bench")).to_have_count(0)
    assert page.evaluate("window.kept"), "the pages were loaded anew"
    assert errors == []
    context.close()


def test_the_lab_works_where_inline_scripts_and_markup_from_strings_are_forbidden(
    open_lab: Open, context: BrowserContext
) -> None:
    policy = "script-src 'self'; style-src 'self'; require-trusted-types-for 'script'"

    def serve(route: Any) -> None:
        answer = route.fetch()
        keep = r"(?! defer|[^>]*assets/site\.js)"
        body = re.sub(rf"<script{keep}.*?</script>", "", answer.text(), flags=re.DOTALL)
        body = re.sub(r"<style.*?</style>|\sstyle=\"[^\"]*\"", "", body, flags=re.DOTALL)
        route.fulfill(
            response=answer, body=body, headers=answer.headers | {"content-security-policy": policy}
        )

    context.route("**/lab/", serve)
    page = open_lab(f"#lab={GOOD}/1/1/0.5/a/b")
    cell(page, "x", 1, 1).fill("3")
    page.get_by_role("button", name="Next").click()
    assert_agrees(page, scale=True, causal=True, temperature=0.5)


def test_the_script_weighs_at_most_12_kilobytes(site: Path) -> None:
    folder = site / "assets" / "lab"
    sizes = {file.name: len(gzip.compress(file.read_bytes(), mtime=0)) for file in folder.iterdir()}
    assert set(sizes) == {"lab.js", "lab.css"}, "the modules are not joined"
    assert sizes["lab.js"] <= 12_000 and sizes["lab.css"] <= 2_500, sizes


def test_no_other_page_loads_the_lab(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert ("<attention-lab" in text) == ("assets/lab/lab.js" in text), page


def test_an_input_can_be_removed_while_the_pointer_is_on_it(lab: Page) -> None:
    lab.get_by_role("button", name="Add an input").click()
    lab.get_by_role("button", name="Remove input 4").focus()
    result(lab, "scores", 4, 4).hover()
    lab.keyboard.press("Enter")
    expect(cell(lab, "x", 3, 1)).to_be_focused()
    expect(lab.locator(".lab-sum")).to_contain_text("x[2, 0] (bank, column 1): 1")


def test_the_cell_in_focus_is_explained_wherever_the_pointer_rests(lab: Page) -> None:
    result(lab, "scores", 1, 1).click()
    lab.keyboard.press("ArrowRight")
    lab.keyboard.press("ArrowDown")
    expect(lab.locator(".lab-sum")).to_contain_text("scores[1, 1] (river → river)")
    box = cell(lab, "x", 1, 1)
    box.focus()
    result(lab, "scores", 3, 3).hover()
    box.press_sequentially("abc")
    expect(lab.locator(".lab-sum")).to_contain_text("is not a number")


def test_a_large_number_is_exact_or_visibly_rounded(lab: Page) -> None:
    for place, number in ((1, "1001"), (3, "1000")):
        cell(lab, "x", 1, place).fill(number)
    cell(lab, "w_key", 1, 3).fill("1001")
    result(lab, "keys", 1, 3).hover()
    expect(lab.locator(".lab-sum")).to_contain_text("= 1002001")
    expect(result(lab, "keys", 1, 3)).to_have_text("1.0e6")


def test_on_paper_the_bar_hides_no_number(lab: Page) -> None:
    lab.emulate_media(media="print")
    assert lab.locator(".lab-bar").evaluate("bar => getComputedStyle(bar).position") == "static"
    for button in lab.locator("attention-lab button").all():
        expect(button).to_be_hidden()
