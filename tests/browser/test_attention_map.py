# SPDX-License-Identifier: MIT
"""The viewer of attention maps shows the weights of the build, by pointer and by keyboard."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server

PAGE = "language_model/what_heads_do/"
KEPT = 40_000  # limit in compressed bytes for the viewer and its data


@pytest.fixture(scope="module")
def data(site: Path) -> dict[str, Any]:
    html = (site / PAGE / "index.html").read_text("utf-8")
    template = BeautifulSoup(html, "html.parser").select_one("attention-map template.data")
    return json.loads(template.get_text() or template.decode_contents())


@pytest.fixture(scope="module")
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context()
    opened, errors = context.new_page(), []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(f"{server.url}{PAGE}")
    expect(opened.locator(".heads-words")).to_be_visible()
    yield opened
    context.close()
    assert errors == []


def row_of(data: dict[str, Any], sentence: int, layer: int, head: int, query: int) -> list[float]:
    """Return the weights of a query, decoded independently of the viewer."""
    n = len(data["sentences"][sentence]["words"])
    digits = data["sentences"][sentence]["weights"]
    own = digits[(layer * data["heads"] + head) * n * (n - 1) // 2 :]
    rows: list[list[float]] = [[]]
    for length in range(1, n):
        rows.append([data["digits"].index(digit) / data["steps"] for digit in own[:length]])
        own = own[length:]
    return [1 - sum(rows[query]), *rows[query]]


def word(page: Page, index: int) -> Locator:
    return page.locator(".heads-words button").nth(index)


def cell(page: Page, layer: int, head: int) -> Locator:
    return page.locator(".heads-all .heads-row").nth(head).locator(".heads-dot").nth(layer)


def chooser(page: Page, label: str) -> Locator:
    return page.get_by_role("combobox", name=label, exact=True)


def choose(page: Page, sentence: int, layer: int, head: int) -> None:
    for label, value in ("Sentence", sentence), ("Layer", layer), ("Head", head):
        chooser(page, label).select_option(str(value))


@pytest.mark.parametrize(
    ("sentence", "layer", "head", "query"),
    [(3, 13, 8, 8), (3, 21, 6, 8), (0, 16, 0, 4), (1, 18, 6, 5), (1, 0, 0, 0), (2, 29, 8, 4)],
)
def test_the_words_carry_the_weights_of_the_build(
    page: Page, data: dict[str, Any], sentence: int, layer: int, head: int, query: int
) -> None:
    choose(page, sentence, layer, head)
    word(page, query).hover()
    shares = row_of(data, sentence, layer, head, query)
    words = data["sentences"][sentence]["words"]
    later = ["\u2013"] * (len(words) - query - 1)
    expected = [f"{int(100 * share + 0.5)}%" for share in shares] + later
    expect(page.locator(".heads-words small")).to_have_text(expected)
    expect(page.locator(".heads-words button > span")).to_have_text(words)


def test_a_named_head_is_one_click_away(page: Page) -> None:
    page.get_by_role("button", name="it → animal").click()
    expect(chooser(page, "Layer")).to_have_value("13")
    expect(chooser(page, "Head")).to_have_value("8")
    said = "Layer 13, head 8: it looks at animal 75%"
    expect(page.locator(".heads-said")).to_contain_text(said)
    expect(page.get_by_role("status").filter(has_text=said)).to_have_count(1)


def test_arrow_keys_move_between_words_and_between_heads(page: Page) -> None:
    choose(page, 3, 13, 8)
    word(page, 8).focus()
    page.keyboard.press("ArrowLeft")
    expect(word(page, 7)).to_be_focused()
    expect(word(page, 7)).to_have_attribute("aria-checked", "true")
    expect(page.locator(".heads-words [tabindex='0']")).to_have_count(1)
    cell(page, 13, 8).focus()
    page.keyboard.press("ArrowDown")  # there is no head 9
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 14, 7)).to_be_focused()
    expect(chooser(page, "Layer")).to_have_value("14")
    expect(chooser(page, "Head")).to_have_value("7")
    expect(page.locator(".heads-all [tabindex='0']")).to_have_count(1)


def test_the_overview_shows_one_weight_in_all_270_heads(page: Page, data: dict[str, Any]) -> None:
    choose(page, 3, 13, 8)
    word(page, 8).hover()
    page.locator(".heads-picture select").select_option("6")
    names = page.locator(".heads-dot").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(names) == 270
    for layer, head in (0, 0), (13, 8), (21, 6), (29, 1):
        share = row_of(data, 3, layer, head, 8)[6]
        expected = f"layer {layer}, head {head}: {int(100 * share + 0.5)}%"
        assert names[head * 30 + layer] == expected
    cell(page, 21, 6).click()
    expect(page.locator(".heads-said")).to_contain_text("Layer 21, head 6: it looks at street 55%")


def test_pointing_at_a_row_of_the_map_starts_from_its_word(page: Page) -> None:
    choose(page, 1, 18, 6)
    page.locator(".heads-map .heads-row").nth(4).hover()
    expect(word(page, 4)).to_have_attribute("aria-checked", "true")


HEIGHTS = """(viewer) => {
    const [all, pictures] = [viewer, viewer.querySelector(".heads-pictures")].map(
        (one) => one.getBoundingClientRect());
    return [all.height, all.bottom - pictures.bottom];
}"""


def test_on_a_phone_the_height_depends_on_the_sentence_but_not_on_the_head(
    browser: Browser, server: Server, data: dict[str, Any]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server.url}{PAGE}")
    viewer = page.locator("attention-map")
    expect(viewer.locator(".heads-words")).to_be_visible()
    for sentence in range(len(data["sentences"])):
        heights = set()
        for layer, head in (0, 0), (13, 8), (21, 6):
            choose(page, sentence, layer, head)
            height, below = viewer.evaluate(HEIGHTS)
            heights.add(height)
            assert below < 24, f"sentence {sentence}: {below} pixels are empty"
        assert len(heights) == 1, f"sentence {sentence}: {heights}"
    context.close()


def test_without_scripts_a_table_names_the_heads(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}{PAGE}")
    rows = page.locator("attention-map table tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.nth(3)).to_contain_text("animal, 75%")
    context.close()


def test_forced_colors_keep_the_shades(browser: Browser, server: Server) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{server.url}{PAGE}")
    expect(page.locator(".heads-words")).to_be_visible()
    page.get_by_role("button", name="it → animal").click()
    shades = page.locator(".heads-on .heads-cell").evaluate_all(
        "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    assert len(set(shades)) > 2
    context.close()


def test_viewer_and_data_are_small(site: Path) -> None:
    html = (site / PAGE / "index.html").read_text("utf-8")
    found = re.search(r'<template class="data".*?</template>', html, re.DOTALL)
    assert found
    files = [(site / "assets/heads" / f"heads.{kind}").read_bytes() for kind in ("js", "css")]
    assert sum(len(gzip.compress(one)) for one in (found[0].encode(), *files)) < KEPT
