# SPDX-License-Identifier: MIT
"""Figures explain their numbers: pointing at a number shows its sources and its sum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.browser import Server, turn_page
from tests.support.chapters import CHAPTERS, PAGES
from tests.support.lab import SOURCES, serve_sources

PRODUCT = "walkthrough/queries_keys_values/"
EXPLAIN = """async ([module, figures]) => {
    const { readTensors, explain } = await import(module);
    return figures.map((json) => {
        const tensors = readTensors(json);
        const made = tensors.filter((tensor) => tensor.made && tensor.cells);
        return made.flatMap((tensor) => tensor.values.flatMap((numbers, row) =>
            numbers.map((_, column) => explain(tensors, { tensor, row, column }).words)));
    });
}"""
SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-"})


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    page = context.new_page()
    page.goto(server.url + PRODUCT)
    return page


def figures_of(site: Path) -> Iterator[tuple[str, str]]:
    """Yield the page and the tensors of each figure of the chapters and three more pages."""
    for name in (*CHAPTERS, ".", "worksheets", "real_attention/mistakes"):
        soup = BeautifulSoup((site / name / "index.html").read_text("utf-8"), "html.parser")
        for figure in soup.select("article figure[data-numbers]"):
            yield name, str(figure["data-numbers"])


def test_every_sum_shown_by_a_figure_is_right(
    context: BrowserContext, server: Server, site: Path
) -> None:
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url)
    found = list(figures_of(site))
    module = f"{server.url}{SOURCES}/answers.js"
    told = page.evaluate(EXPLAIN, [module, [numbers for _, numbers in found]])
    sums = [words for some in told for words in some if " = " in words]
    assert len(sums) > 100
    for words in sums:
        terms, _, result = words.partition(": ")[2].partition(" (each score")[0].rpartition(" = ")
        assert value(terms) == pytest.approx(value(result), abs=2e-3), words


def value(terms: str) -> Any:
    names = {"exp": math.exp, "__builtins__": {}}
    return eval(terms.translate(SIGNS).replace("∞", "1e400"), names)


def product(page: Page) -> tuple[Locator, Locator, Locator]:
    """Return the figure of a product, its drawing, and the element with the explanation."""
    figure = page.locator("figure[data-numbers]").first
    return figure, figure.locator("svg"), figure.locator(".told")


def point(drawing: Locator, tensor: int, row: int, column: int) -> dict[str, float]:
    """Return the center of a cell, in pixels from the corner of the drawing."""
    return drawing.evaluate(
        """(svg, [tensor, row, column]) => {
            const { cells } = JSON.parse(svg.parentElement.dataset.numbers)[tensor];
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            const [left, top, width, height] = cells;
            return { x: (left + (column + 0.5) * width) * scale,
                     y: (top + (row + 0.5) * height) * scale };
        }""",
        [tensor, row, column],
    )


def test_pointing_at_a_number_marks_its_row_and_column_and_tells_the_sum(page: Page) -> None:
    figure, drawing, told = product(page)
    expect(told).to_contain_text("Point at a number")
    before = figure.bounding_box()
    drawing.hover(position=point(drawing, 2, 1, 0))
    expect(told).to_have_text("keys[1, 0] (input 2, column 1): 0×0 + 2×1 + 0×0 + 2×1 = 4")
    expect(figure.locator("rect.source")).to_have_count(2)
    expect(figure.locator("rect.result")).to_have_count(1)
    expect(figure.locator(".mark").first).to_be_hidden()
    page.mouse.move(5, 5)
    expect(told).to_contain_text("Point at a number")
    expect(figure.locator("rect.result")).to_have_count(0)
    after = figure.bounding_box()
    assert before and after and before["height"] == after["height"], "the page moved"


@pytest.mark.parametrize(
    ("path", "title", "tensor", "row", "column", "words"),
    [
        ("real_attention/masking/", "Two masks", 1, 0, 2,
         "causal[0, 2] (query 1 → key 3): False, this key is hidden from the query"),
        ("real_attention/masking/", "Two masks", 0, 1, 0,
         "padding, sequence 2 (query 2 → key 1): True, the query may look at this key"),
        ("language_model/windows_and_sinks/", "What each of nine queries may see", 1, 8, 6,
         "a window of 3 (query 9 → key 7): True, the query may look at this key"),
        ("real_attention/mistakes/", "Softmax over the wrong axis, in small", 1, 0, 1,
         "wrong[0, 1] (query 1 → key 2): exp(−6.9282) ÷ (exp(−6.9282) + exp(0) + exp(−2.3094)) = 0.00089045"),
        ("real_attention/mistakes/axes/", "Softmax over the wrong axis, wrong and right", 3, 0, 1,
         "right[0, 1] (query 1 → key 2): exp(0) ÷ (exp(−1.1547) + exp(0) + exp(0)) = 0.4319"),
        ("real_attention/mistakes/masks/", "Mask after the softmax, wrong and right", 1, 0, 1,
         "wrong[0, 1] (query 1 → key 2): 0, put there after the softmax"),
        ("real_attention/mistakes/masks/", "Rows without keys, wrong and right", 1, 2, 0,
         "wrong[2, 0] (query 3 → key 1): NaN, since all keys are masked"),
        ("real_attention/mistakes/heads/", "Heads split by reshape, wrong and right", 1, 0, 2,
         "wrong[0, 2] (row 1, column 3): number 3 of token 2"),
        ("real_attention/mistakes/sizes/", "Repeat for grouped heads, wrong and right", 0, 1, 0,
         "wrong[1, 0] (query head 2 → key head 1): 0, another head of keys serves it"),
        ("real_attention/mistakes/layers/", "Batch taken for length, wrong and right", 1, 0, 1,
         "(token 1 of example 1 → token 2 of example 1): 0, the two are never compared"),
        ("real_attention/mistakes/layers/", "Dropout in eval, wrong and right", 0, 0, 2,
         "wrong[0, 2] (query 1 → key 3): 0.4319 ÷ 0.5 = 0.8639"),
        ("worksheets/", "Scaling, answers", 8, 0, 0, "scores[0, 0] (input 1 → input 1): ("),
        ("worksheets/", "Heads, answers", -1, 0, 0, "outputs, head 2 (input 1, column 1): "),
    ],
)  # fmt: skip
def test_figures_of_masks_bugs_and_worksheets_explain_their_numbers(
    page: Page,
    server: Server,
    path: str,
    title: str,
    tensor: int,
    row: int,
    column: int,
    words: str,
) -> None:
    page.goto(server.url + path)
    figure = page.locator("figure.drawing").nth(
        page.locator("figure.drawing").evaluate_all(
            "(all, title) => all.findIndex((one) => one.querySelector('title').textContent === title)",
            title,
        )
    )
    figure.evaluate(
        "one => { const folded = one.closest('details'); if (folded) folded.open = true; }"
    )
    drawing = figure.locator("svg")
    count = drawing.evaluate("svg => JSON.parse(svg.parentElement.dataset.numbers).length")
    drawing.scroll_into_view_if_needed()
    drawing.hover(position=point(drawing, tensor % count, row, column))
    expect(figure.locator(".told")).to_contain_text(words)


def test_an_empty_worksheet_does_not_give_its_answers_away(page: Page, server: Server) -> None:
    page.goto(server.url + "worksheets/")
    told = page.locator("figure.drawing").evaluate_all(
        "all => all.map((one) => [one.querySelector('title').textContent, 'numbers' in one.dataset])"
    )
    assert len(told) == 6
    assert all(answers == ("answers" in title) for title, answers in told)


def test_the_first_click_on_a_figure_is_not_lost(page: Page) -> None:
    figure, drawing, told = product(page)
    drawing.scroll_into_view_if_needed()
    loaded = page.evaluate("[...document.scripts].map((one) => one.src).join()")
    assert "figures.js" not in loaded
    place = point(drawing, 2, 1, 0)
    drawing.evaluate(
        """(svg, { x, y }) => {
            const { left, top } = svg.getBoundingClientRect();
            svg.dispatchEvent(
                new MouseEvent("click", { bubbles: true, clientX: left + x, clientY: top + y }));
        }""",
        place,
    )
    expect(told).to_contain_text("keys[1, 0] (input 2, column 1)")
    expect(figure.locator("rect.result")).to_have_count(1)


def test_a_figure_works_after_its_script_failed_to_load_once(page: Page) -> None:
    _, drawing, told = product(page)
    page.route("**/figures.js", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        drawing.hover(position=point(drawing, 2, 1, 0))
    page.mouse.move(5, 5)
    drawing.hover(position=point(drawing, 2, 1, 0))
    expect(told).to_contain_text("keys[1, 0] (input 2, column 1)")


def test_a_figure_is_one_tab_stop_and_arrow_keys_move_inside(page: Page) -> None:
    figure, drawing, told = product(page)
    assert figure.locator("[tabindex]").count() == 1
    drawing.focus()
    expect(drawing).to_have_accessible_name("One number of keys")
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text("keys[1, 0] (input 2, column 1)")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("keys[1, 1] (input 2, column 2)")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("inputs[1, 2] (input 2, column 3): 0")
    page.keyboard.press("Escape")
    expect(told).to_contain_text("Point at a number")
    expect(drawing).not_to_be_focused()


def test_a_tapped_number_stays_explained(context: BrowserContext, server: Server) -> None:
    browser = context.browser
    assert browser
    phone = browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})
    page = phone.new_page()
    page.goto(server.url + PRODUCT)
    figure, drawing, told = product(page)
    drawing.scroll_into_view_if_needed()
    drawing.tap(position=point(drawing, 2, 2, 1))
    expect(told).to_contain_text("keys[2, 1] (input 3, column 2): ")
    expect(figure.locator("rect.source")).to_have_count(2)
    phone.close()


def test_a_word_is_followed_from_page_to_page(page: Page) -> None:
    river = page.get_by_role("button", name="river", exact=True)
    river.click()
    expect(river).to_have_attribute("aria-pressed", "true")
    expect(page.locator("rect.followed")).to_have_count(2)  # in inputs and keys, not in w_key
    turn_page(page, "**/walkthrough/attention_scores/")
    expect(river).to_have_attribute("aria-pressed", "true")
    expect(page.locator("rect.followed").first).to_be_attached()
    river.click()
    expect(page.locator("rect.followed")).to_have_count(0)
    page.reload()
    expect(river).to_have_attribute("aria-pressed", "false")


def test_the_switch_is_shown_only_where_a_figure_follows_it(page: Page, server: Server) -> None:
    expect(page.locator(".follow")).to_be_visible()
    page.goto(server.url + "walkthrough/why_attention/")
    expect(page.locator(".follow")).to_be_hidden()


def test_without_scripts_a_figure_and_its_caption_are_complete(
    context: BrowserContext, server: Server
) -> None:
    browser = context.browser
    assert browser
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(server.url + PRODUCT)
    figure, _, told = product(page)
    expect(figure.locator("figcaption")).to_contain_text("meets the outlined column")
    expect(figure.locator(".mark").first).to_be_visible()
    expect(told).to_be_hidden()
    expect(page.locator(".follow")).to_be_hidden()
    plain.close()


def test_every_figure_has_a_caption(site: Path) -> None:
    bare = []
    for name in PAGES:
        soup = BeautifulSoup((site / name / "index.html").read_text("utf-8"), "html.parser")
        for figure in soup.select("article figure"):
            is_small = figure.find_parent(class_="exhibits")  # the text below is its caption
            if not is_small and not figure.select_one("figcaption"):
                bare.append(f"{name}: {figure.select_one('title')}")
    assert not bare, bare
