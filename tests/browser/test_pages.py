# SPDX-License-Identifier: MIT
"""Readers can copy, search, print, switch colors, and turn to the next chapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import Server, turn_page, words_of

CHAPTER = "walkthrough/outputs/"


@dataclass
class Visit:
    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def open_page(context: BrowserContext, address: str) -> Visit:
    page = context.new_page()
    visit = Visit(page)
    page.on("console", lambda said: said.type == "error" and visit.errors.append(words_of(said)))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", lambda request: visit.errors.append(f"failed: {request.url}"))
    context.on("request", lambda request: visit.requests.append(request.url))

    page.goto(address, wait_until="networkidle")
    return visit


def test_code_has_one_copy_button_and_output_has_none(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url + CHAPTER).page
    code = page.locator(".language-py")
    expect(code.locator(".copy")).to_have_count(code.count())  # in folded parts too
    expect(code.first.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(page.locator(".language-text").first).to_be_visible()
    expect(page.locator(".language-text button")).to_have_count(0)


def test_the_menu_of_a_listing_copies_only_the_visible_lines(
    context: BrowserContext, server: Server
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page = open_page(context, server.url + CHAPTER).page
    listing = page.locator(".language-py").first
    opener = listing.get_by_role("button", name="Other ways to copy")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(listing.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == listing.locator("code").text_content().strip()
    page.keyboard.press("Escape")
    expect(listing.locator(".copy-less")).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_toggle_switches_the_colors_and_the_choice_is_kept(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url).page
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.locator("label[title='Switch to dark colors']").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(server.url + CHAPTER)
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.mkdocs_only("Zensical's search looks different")
def test_search_finds_a_chapter(context: BrowserContext, server: Server) -> None:
    page = open_page(context, server.url).page
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").type("softmax")
    expect(page.locator(".md-search-result__link").first).to_be_visible()


def test_instant_navigation_repairs_the_new_page(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    visit = open_page(context, server.sub + "walkthrough/weighted_values/")
    page = visit.page
    page.evaluate("window.kept = true")
    turn_page(page, server.sub + CHAPTER)
    expect(page.locator(".copy").first).to_be_visible()
    assert page.evaluate("window.kept")
    for folded in page.locator("article details").all():
        folded.evaluate("details => { details.open = true; }")
    page.wait_for_timeout(200)
    wide = page.locator("pre > code").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.tabIndex)"
    )
    assert set(wide) == {0}, "code that scrolls cannot be reached by keyboard"
    assert visit.errors == []
    context.close()


def test_a_program_can_be_copied_after_instant_navigation(
    context: BrowserContext, server: Server
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    visit = open_page(context, server.sub + "walkthrough/weighted_values/")
    page = visit.page
    turn_page(page, server.sub + CHAPTER)
    listing = page.locator(".program + .highlight").first
    listing.get_by_role("button", name="Copy", exact=True).click()
    expect(listing.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert listing.locator("code").text_content().split("\n")[-2] in copied
    assert "import torch" in copied
    assert visit.errors == []


def test_a_missing_page_offers_the_others(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    assert page.goto(server.sub + "walkthrough/no/such/page/").status == 404
    page.locator("article").get_by_role("link").nth(1).click()
    page.wait_for_url(server.sub + "walkthrough/**")
    assert page.locator("article h1").is_visible()
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"


def test_the_site_works_from_a_disk(
    context: BrowserContext, site: Path, lacking: Callable[[str], bool]
) -> None:
    visit = open_page(context, (site / "index.html").as_uri())
    page = visit.page
    page.locator("article a[href*='walkthrough/why_attention/']").first.click()
    page.wait_for_url("**/walkthrough/why_attention/index.html")
    page.locator(".turn-next").click()
    page.wait_for_url("**/walkthrough/inputs/index.html")
    expect(page.locator("article h1")).to_be_visible()
    page.locator("label[title='Switch to dark colors']").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert [error for error in visit.errors if not lacking(error)] == []


@pytest.mark.mkdocs_only("Zensical's search looks different")
def test_search_is_hidden_from_a_disk_where_it_cannot_work(
    context: BrowserContext, site: Path
) -> None:
    page = open_page(context, (site / "index.html").as_uri()).page
    expect(page.locator(".md-search")).to_be_hidden()


def test_print_shows_folded_solutions_and_no_buttons(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url + CHAPTER).page
    page.emulate_media(media="print")
    for hidden in (".md-header", ".md-footer", ".md-sidebar--primary", ".copy", ".turn"):
        expect(page.locator(hidden).first).to_be_hidden()
    folded = page.locator("details:not([open], .contents) > :not(summary, template)")
    assert folded.count()
    assert all(folded.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)"))


def test_without_scripts_a_chapter_reads_the_same(browser: Browser, server: Server) -> None:
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(server.url + "walkthrough/attention_scores/")
        # The words of controls that need scripts do not count.
        text = page.locator("article").inner_text()
        for control in page.locator("article :is(.follow, .told, button, legend)").all():
            text = text.replace(control.inner_text(), "", 1)
        texts.append(text.split())
        context.close()
    assert texts[0] == texts[1]


def test_with_a_blocked_clipboard_a_program_can_be_copied_by_hand(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url + "walkthrough/outputs/").page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button = page.locator(".copy button").first
    button.click()
    area = page.get_by_role("textbox", name="The program")
    assert "import torch" in area.input_value()
    expect(button).to_have_text("Not copied")
    assert page.evaluate("getSelection().toString()") or area.evaluate("a => a.selectionEnd") > 0
    page.locator("h1").click()
    expect(area).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_forced_colors_keep_the_icons(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": width, "height": 844})
    page = open_page(context, server.url + CHAPTER).page
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for icon in (".quiz summary", ".md-nav .md-icon"):
        drawn = "all => all.map(one => getComputedStyle(one, '::after').backgroundColor)"
        colors = page.locator(icon).evaluate_all(drawn)
        assert colors and paper not in colors, icon
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_is_white_in_both_themes(browser: Browser, server: Server, theme: str) -> None:
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto(server.url + "walkthrough/outputs/")
    page.emulate_media(media="print", color_scheme=theme)
    washes = (
        "body => ['--wash', '--rule'].map((name) => getComputedStyle(body).getPropertyValue(name))"
    )
    assert page.locator("body").evaluate(washes) == ["#fff", "#bbb"]
    context.close()
