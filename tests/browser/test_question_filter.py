# SPDX-License-Identifier: MIT
"""The question filter works by words, by group and by keyboard, and is absent without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.browser import Server
from tests.support.chapters import DOCS
from tests.support.lab import SOURCES, serve_sources

PAGE = "asked_on_github/"
SOURCE = (DOCS / "asked_on_github.md").read_text("utf-8")
QUESTIONS = re.findall(r"^### (.+)$", SOURCE, re.MULTILINE)
GROUPS = re.findall(r"^## (.+)$", SOURCE, re.MULTILINE)


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    page = context.new_page()
    page.goto(server.url + PAGE)
    expect(page.locator("question-filter form")).to_be_visible()
    return page


def shown(page: Page) -> Locator:
    return page.locator("article h3:visible")


def words(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Words")


def said(page: Page) -> Locator:
    return page.locator("question-filter output")


def test_at_first_all_questions_are_shown(page: Page) -> None:
    expect(shown(page)).to_have_count(len(QUESTIONS))
    expect(said(page)).to_have_text(f"All {len(QUESTIONS)} questions")


def test_words_are_searched_in_question_thread_answer_and_code(page: Page) -> None:
    for typed, question in (
        ("left padding answer", "Why does left padding change my model's answer?"),
        ("pytorch#108108", QUESTIONS[0]),
        ("Count the tokens that HAVE been", "After I drop tokens from the cache"),
        ("causal_lower_right(2, 5)", "Is there a causal mask that fits a cache?"),
    ):
        words(page).fill(typed)
        expect(shown(page)).to_have_count(1)
        expect(shown(page)).to_contain_text(question)
        expect(said(page)).to_have_text(f"1 of {len(QUESTIONS)} questions")


def test_a_question_is_hidden_with_its_answer_and_its_program(page: Page) -> None:
    words(page).fill("tanh")
    expect(page.locator("article .highlight:visible")).to_have_count(2)  # code, output
    expect(page.locator("article h2:visible")).to_have_count(1)


def test_a_group_can_be_chosen_by_keys(page: Page) -> None:
    words(page).focus()
    page.keyboard.press("Tab")
    group = page.get_by_role("combobox", name="Group")
    expect(group).to_be_focused()
    group.press("ArrowDown")
    expect(group).to_have_value(GROUPS[0])
    group.select_option("Positions")
    expect(page.locator("article h2:visible")).to_have_count(1)
    expect(page.locator("article h2:visible")).to_contain_text("Positions")
    count = SOURCE.split("\n## Positions\n")[1].split("\n## ")[0].count("\n### ")
    expect(shown(page)).to_have_count(count)
    words(page).fill("tril")
    expect(said(page)).to_have_text("No question has all of these words.")


def test_a_screen_reader_is_told_the_number(page: Page) -> None:
    status = page.locator("question-filter [role=status]")
    expect(status).to_have_text("")
    words(page).fill("padding nan")
    count = shown(page).count()
    assert 0 < count < len(QUESTIONS)
    expect(status).to_have_text(f"{count} of {len(QUESTIONS)} questions")


def test_a_link_to_a_hidden_question_shows_it(page: Page) -> None:
    target = page.locator("article h3").last
    words(page).fill("causal_lower_right(2, 5)")
    expect(target).to_be_hidden()
    page.evaluate("id => location.hash = id", target.get_attribute("id"))
    expect(target).to_be_visible()
    expect(words(page)).to_have_value("")


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def test_without_scripts_there_is_no_form(without_scripts: BrowserContext, server: Server) -> None:
    page = without_scripts.new_page()
    page.goto(server.url + PAGE)
    assert page.locator("question-filter form").count() == 0
    assert shown(page).count() == len(QUESTIONS)


def test_case_accents_and_quotes_do_not_matter(context: BrowserContext, server: Server) -> None:
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url + PAGE)
    compute = """async ([module, cases]) => {
        const { matches, plain } = await import(module);
        return cases.map(([text, ...asked]) => matches({ group: "a", text: plain(text) }, ...asked));
    }"""
    cases = [
        ["Naïve `is_causal`", "naive IS_CAUSAL", ""],
        ["the model's", "models", "a"],
        ["one two", "two  one ", "a"],
        ["one two", "one", "b"],
        ["one two", "three", ""],
    ]
    found = page.evaluate(compute, [f"{server.url}{SOURCES}/questions/matches.js", cases])
    assert found == [True, True, True, False, False]


def test_most_programs_need_no_scrolling_on_a_phone(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(server.url + PAGE)
    wide = page.locator("article pre > code").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert wide <= 0.2 * page.locator("article pre > code").count()
    context.close()
