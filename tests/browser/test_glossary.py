# SPDX-License-Identifier: MIT
"""A term shows its definition under the pointer and with the focus, on screens of any width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Server

CHAPTER = "walkthrough/projection_weights/"
SHOWN = "term => getComputedStyle(term, '::after').content"


def opened(browser: Browser, server: Server, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(server.url + CHAPTER, wait_until="networkidle")
    return page


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_each_term_shows_its_definition_within_the_screen(
    browser: Browser, server: Server, width: int
) -> None:
    page = opened(browser, server, width)
    terms = page.locator("article a.term").all()
    assert len(terms) > 5
    for term in terms:
        assert term.evaluate(SHOWN) == "none"
        term.hover()
        said = term.get_attribute("aria-description")
        assert said and said in term.evaluate(SHOWN)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, said
        page.mouse.move(0, 0)
    page.close()


def test_the_focus_shows_the_definition_and_screen_readers_say_it_once(
    browser: Browser, server: Server
) -> None:
    page = opened(browser, server, 1280)
    term = page.locator("article a.term", has_text="query").first
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    assert "What an input looks for" in term.evaluate(SHOWN)
    expect(term).to_have_accessible_name("query")
    page.close()


def test_a_term_leads_to_its_entry(browser: Browser, server: Server) -> None:
    page = opened(browser, server, 390)
    page.locator("article a.term", has_text="dot product").click()
    expect(page).to_have_url(f"{server.url}glossary/#dot-product")
    expect(page.locator("#dot-product")).to_be_in_viewport()
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pointer_can_move_onto_the_box(browser: Browser, server: Server, width: int) -> None:
    page = opened(browser, server, width)
    for term in page.locator("article a.term").all():
        term.evaluate("term => scrollBy(0, term.getBoundingClientRect().top - 200)")
        box = term.bounding_box()
        left, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"]
        page.mouse.move(0, 0)
        for down in range(-3, 25):
            page.mouse.move(left, bottom + down)
            assert term.evaluate("term => term.matches(':hover')"), term.inner_text()
        assert term.evaluate(SHOWN) != "none"
        page.mouse.move(left, bottom + 400)
        assert term.evaluate(SHOWN) == "none"
    page.close()


def test_escape_closes_the_box_until_the_pointer_returns(browser: Browser, server: Server) -> None:
    page = opened(browser, server, 1280)
    term = page.locator("article a.term").first
    term.hover()
    assert term.evaluate(SHOWN) != "none"
    for key in ("Escape", "Control"):  # Control, because readers zoom with Control and +
        page.keyboard.press(key)
        assert term.evaluate(SHOWN) == "none"
    page.mouse.move(0, 0)
    term.hover()
    assert term.evaluate(SHOWN) != "none"
    page.close()


def test_a_tapped_term_leaves_no_box_behind(browser: Browser, server: Server) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 700}
    )
    page = context.new_page()
    page.goto(server.url + CHAPTER, wait_until="networkidle")
    page.evaluate("addEventListener('click', (event) => event.preventDefault(), true)")
    term = page.locator("article a.term").first
    term.tap()
    expect(page.locator("article a.term:hover")).to_have_count(1)
    assert term.evaluate(SHOWN) == "none"
    context.close()
