# SPDX-License-Identifier: MIT
"""The browser stores a reader's progress and shows it, and `?` lists the keyboard shortcuts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import Server, turn_page

CHAPTER = "walkthrough/attention_scores/"
KEY = "attention-progress-1"
# Fails as storage does when it is full or blocked. The theme's own keys still work.
REFUSE = """for (const name of ["getItem", "setItem", "removeItem"]) {
  const own = Storage.prototype[name];
  Storage.prototype[name] = function (key, ...rest) {
    if (key.startsWith("attention-")) throw new DOMException("refused", "QuotaExceededError");
    return own.call(this, key, ...rest);
  };
}"""


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("form.exercise").or_(page.locator(".md-button")).first).to_be_visible()
    return page


def solve(page: Page) -> None:
    """Give every exercise of the page the bold answer of its solution."""
    for form in page.locator("form.exercise").all():
        answer = form.locator("xpath=following-sibling::details[1]").locator("li > strong").first
        radios = form.locator("[type=radio]")
        if radios.count():
            reasons = form.locator("xpath=following-sibling::details[1]/*[2]/li")
            right = next(
                i for i in range(radios.count()) if reasons.nth(i).locator("strong").count()
            )
            radios.nth(right).check()
        else:
            numbers = answer.text_content().strip("[]() .").split(",")
            for box, number in zip(form.locator("input").all(), numbers, strict=True):
                box.fill(number)
        form.get_by_role("button", name="Check").click()
        expect(form.locator("[role=status]")).to_contain_text("Right.")


def test_answers_survive_navigation_and_a_reload(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.sub + CHAPTER)
    page.locator("form.exercise input").first.fill("7")
    turn_page(page, server.sub + "walkthrough/weighted_values/")
    page.go_back()
    expect(page.locator("article h1")).to_contain_text("softmax")
    expect(page.locator("form.exercise input").first).to_have_value("7")
    page.reload()
    expect(page.locator("form.exercise input").first).to_have_value("7")
    expect(page.locator("form.solved")).to_have_count(0)


def test_a_solved_chapter_is_marked_until_the_progress_is_deleted(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server.sub + CHAPTER)
    assert page.locator("form.exercise").count() > 1
    solve(page)
    page.reload()
    forms = page.locator("form.exercise")
    expect(page.locator("form.solved")).to_have_count(forms.count())
    mark = page.locator(
        f".md-nav--primary a[href$='{CHAPTER}'] .finished, .md-nav--primary a[href='./'] .finished"
    )
    expect(mark).to_have_count(1)
    expect(page.locator(".solved-count")).to_contain_text(f"{forms.count()} of the {forms.count()}")
    page.get_by_role("button", name="Forget it all").click()
    expect(page.locator("form.solved")).to_have_count(0)
    expect(page.locator(".finished")).to_have_count(0)


def test_home_offers_to_go_on_where_the_reader_stopped(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server.sub)
    expect(page.locator(".go-on")).to_have_count(0)
    page.goto(server.sub + CHAPTER)
    expect(page.locator("form.exercise").first).to_be_visible()
    page.goto(server.sub)
    page.get_by_role("link", name="Go on: Scores and softmax").click()
    page.wait_for_url(server.sub + CHAPTER)


@pytest.mark.parametrize(
    "kept", ["{", "[1]", "null", '{"pages": [1, {"answers": 3}], "last": {"path": 3}}']
)
def test_broken_storage_counts_as_empty(context: BrowserContext, server: Server, kept: str) -> None:
    context.add_init_script(f"localStorage.setItem('{KEY}', '{kept}')")
    page = opened(context, server.url)
    expect(page.locator(".go-on")).to_have_count(0)
    page.goto(server.url + CHAPTER)
    solve(page)
    expect(page.locator(".solved-count")).to_be_visible()


def test_exercises_work_without_storage(context: BrowserContext, server: Server) -> None:
    context.add_init_script(REFUSE)
    page = opened(context, server.url + CHAPTER)
    solve(page)


def test_a_question_mark_lists_the_keys_and_escape_gives_the_focus_back(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server.url + CHAPTER)
    box = page.locator("form.exercise input").first
    box.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
    button = page.get_by_role("button", name="Keyboard shortcuts")
    button.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("next page")
    page.keyboard.press("n")
    assert page.url == server.url + CHAPTER, "a key of the theme turned the page below the list"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_space_switches_the_colors(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url)
    page.locator("label[title='Switch to dark colors']").focus()
    page.keyboard.press("Space")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
