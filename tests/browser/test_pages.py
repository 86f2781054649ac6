# SPDX-License-Identifier: MIT
"""Every page in a real Chromium: light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import Server, turn_page, words_of
from tests.support.chapters import PAGES

CHAPTER = "walkthrough/outputs/"

SHIFT = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bytes: int = 0


def open_page(context: BrowserContext, address: str) -> Visit:
    page = context.new_page()
    visit = Visit(page)
    page.add_init_script(SHIFT)
    page.on("console", lambda said: said.type == "error" and visit.errors.append(words_of(said)))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", lambda request: visit.errors.append(f"failed: {request.url}"))
    context.on("request", lambda request: visit.requests.append(request.url))

    def weigh(request) -> None:
        sizes = request.sizes()
        visit.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    context.on("requestfinished", weigh)
    page.goto(address, wait_until="networkidle")
    return visit


SCHEMES = {"light": "default", "dark": "slate"}
VISITS = list(product(PAGES, (("light", 1280), ("dark", 390))))
FADE = """document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .forEach((one) => one.finish())"""
OF_COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture(
    scope="module",
    params=VISITS,
    ids=[f"{path or 'home'}-{scheme}-{width}" for path, (scheme, width) in VISITS],
)
def visit(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Visit]:
    """One page opened in one color scheme at one width, shared by the claims below."""
    path, (scheme, width) = request.param
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        is_mobile=width < 600,
        has_touch=width < 600,
    )
    opened = open_page(context, server.url + path)
    expect_colors(opened.page, scheme)
    yield opened
    context.close()


@pytest.fixture
def recolored(request: pytest.FixtureRequest, visit: Visit) -> Iterator[Page]:
    """The page of a visit in the other color scheme, to which a reader switches it, and back."""
    before = request.node.callspec.params["visit"][1][0]
    after = "dark" if before == "light" else "light"
    for scheme in (after, before):
        visit.page.locator(f"label[title='Switch to {scheme} colors']").click()
        expect_colors(visit.page, scheme)
        visit.page.evaluate(FADE)
        if scheme == after:
            yield visit.page


def expect_colors(page: Page, scheme: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])


def test_the_console_is_quiet(visit: Visit) -> None:
    assert visit.errors == []


def test_no_other_host_is_asked(visit: Visit, server: Server) -> None:
    assert [
        url for url in visit.requests if not url.startswith((server.url, "data:", "blob:"))
    ] == []


def test_a_page_is_light(visit: Visit, pytestconfig: pytest.Config) -> None:
    # Zensical's own files are 20 kB more, and its palette cannot be left out.
    requests, size = (13, 140_000) if pytestconfig.getoption("--zensical") else (12, 120_000)
    assert len(visit.requests) <= requests, "\n".join(visit.requests)
    assert visit.bytes < size


def test_nothing_shifts_while_it_loads(visit: Visit) -> None:
    assert visit.page.evaluate("window.shifted") <= 0.01


def test_axe_finds_nothing(visit: Visit) -> None:
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_in_the_other_colors(recolored: Page) -> None:
    found = Axe().run(recolored, options=OF_COLORS)
    assert found.violations_count == 0, found.generate_report()


def test_nothing_hangs_over_the_edge(visit: Visit) -> None:
    assert overhang(visit.page) <= 0


def test_nothing_hangs_over_the_edge_in_the_other_colors(recolored: Page) -> None:
    assert overhang(recolored) <= 0


def test_nothing_hangs_over_the_edge_of_a_small_phone(visit: Visit) -> None:
    size = visit.page.viewport_size
    visit.page.set_viewport_size({"width": 320, "height": 640})
    assert overhang(visit.page) <= 0
    visit.page.set_viewport_size(size)


def overhang(page: Page) -> int:
    """By how many pixels a page is wider than the screen (a phone would zoom out to hide it)."""
    return page.evaluate("document.scrollingElement.scrollWidth") - page.viewport_size["width"]


def test_code_has_a_copy_button_and_output_has_none(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url + CHAPTER).page
    code = page.locator(".language-py")
    expect(code.locator("button[data-clipboard-target]")).to_have_count(code.count())
    expect(page.locator(".language-text").first).to_be_visible()
    expect(page.locator(".language-text button")).to_have_count(0)


def test_a_copied_listing_is_the_code_and_nothing_else(
    context: BrowserContext, server: Server
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page = open_page(context, server.url + CHAPTER).page
    listing = page.locator(".language-py").first
    listing.locator("button[data-clipboard-target]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == listing.locator("code").text_content().strip()
    compile(copied, "copied", "exec")


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


def test_instant_navigation_keeps_the_page_and_mends_the_new_one(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    visit = open_page(context, server.sub + "walkthrough/weighted_values/")
    page = visit.page
    page.evaluate("window.kept = true")
    turn_page(page, server.sub + CHAPTER)
    expect(page.locator(".md-code__nav[role=none]").first).to_be_visible()
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
    listing.get_by_role("button", name="As a program").click()
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
    page.locator("article a[href*='walkthrough/inputs/']").first.click()
    page.wait_for_url("**/walkthrough/inputs/index.html")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url("**/walkthrough/projection_weights/index.html")
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
    for hidden in (".md-header", ".md-footer", ".md-sidebar--primary", ".md-code__nav"):
        expect(page.locator(hidden).first).to_be_hidden()
    folded = page.locator("details:not([open]) > :not(summary, template)")
    assert folded.count()
    assert all(folded.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)"))


def test_without_scripts_a_chapter_reads_the_same(browser: Browser, server: Server) -> None:
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(server.url + "walkthrough/attention_scores/")
        # The words of a control that needs scripts are no part of what is read.
        text = page.locator("article").inner_text()
        for control in page.locator("article :is(button, legend)").all():
            text = text.replace(control.inner_text(), "", 1)
        texts.append(text.split())
        context.close()
    assert texts[0] == texts[1]


def test_where_the_clipboard_is_closed_a_program_can_be_copied_by_hand(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, server.url + "walkthrough/outputs/").page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button = page.locator(".copy-program").first
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
    for icon in ("summary", ".md-code__button", ".md-nav .md-icon"):
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
