# SPDX-License-Identifier: MIT
"""Visits: each page is opened once per screen, and everything that tests ask about is recorded.

A further claim about all pages then needs no further visit, and lists all pages that break it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, Request, expect

from tests.support.axe import axe_report
from tests.support.browser import TIMEOUT, words_of
from tests.support.chapters import PAGES

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 844}}
SMALL_PHONE = {"width": 320, "height": 640}
PAPER = {"width": 718, "height": 1000}  # an A4 sheet without its margins
SCHEMES = {"light": "default", "dark": "slate"}
COLOR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AT_THE_START = """
    localStorage.clear();
    sessionStorage.clear();
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
# The pages of notebooks share their markup and colors with the chapters.
RULES_OF_NOTEBOOKS = {"rules": {"color-contrast": {"enabled": False}}}
# An article has the same colors at every width: the phone checks its dark colors, the desktop its
# light ones. The elements around it depend on the width.
AROUND_THE_ARTICLE = {"exclude": [["article"]]}
END_FADES = """document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .forEach((one) => one.finish())"""
BROKEN_WORDS = """() => [...document.querySelectorAll("article :is(h1, h2, h3)")].flatMap((heading) => {
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), broken = [];
    for (let text; (text = walker.nextNode()); )
      for (const { 0: word, index } of text.data.matchAll(/[^\\s-]+/g)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (range.getClientRects().length > 1) broken.push(word);
      }
    return broken;
  })"""
SMALL_CODE = """() => [...document.querySelectorAll("article pre > code")]
    .filter((code) => parseFloat(getComputedStyle(code).fontSize) < 12).length"""
CODE_TOO_WIDE = """all => all.filter(
    one => one.offsetParent && one.scrollWidth > one.clientWidth + 1).length"""

# Gives each exercise of a page every answer in its solution. Returns the expected and the actual
# message of each.
GIVE_ALL = """() => [...document.querySelectorAll("form.exercise")].flatMap((form) => {
    const list = form.nextElementSibling.querySelector(":scope > :is(ul, ol)");
    return [...list.children].map((reason, place) => {
        const choices = form.querySelectorAll("[type=radio]");
        if (choices.length) choices[place].click();
        else {
            const numbers = reason.firstChild.textContent.match(/-?[\\d.]+(e-\\d+)?/g);
            const boxes = form.querySelectorAll("fieldset > input");
            if (boxes.length !== numbers.length) throw new Error(`${numbers} in ${boxes.length}`);
            boxes.forEach((box, n) => {
                box.value = numbers[n];
                box.dispatchEvent(new Event("input", { bubbles: true }));
            });
        }
        form.querySelector("button").click();
        const verdict = reason.firstChild.nodeName === "STRONG" ? "Right." : "Not yet.";
        return [`${verdict} ${reason.textContent}`, form.querySelector("[role=status]").textContent];
    });
})"""


@dataclass
class Visit:
    """The errors, requests, weight and look of one page."""

    path: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bytes: int = 0
    shift: float = 0
    height: float = 0
    overhang: dict[str, int] = field(default_factory=dict)  # pixels, by view
    axe: dict[str, str] = field(default_factory=dict)  # reports by color scheme
    on_paper: list[str] = field(default_factory=list)  # faults in print
    broken: dict[int, list[str]] = field(default_factory=dict)  # words of headings, by width
    small_code: int = 0  # blocks with letters under 12 pixels
    answers: list[list[str]] = field(default_factory=list)  # expected and actual messages

    @contextmanager
    def listening_to(self, page: Page) -> Iterator[None]:
        """Record errors and requests while a page loads and axe runs."""

        def weigh(request: Request) -> None:
            if request.url.startswith("http"):
                sizes = request.sizes()
                self.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

        listeners = {
            "console": lambda said: said.type == "error" and self.errors.append(words_of(said)),
            "pageerror": lambda error: self.errors.append(str(error)),
            "requestfailed": lambda asked: self.errors.append(f"failed: {asked.url}"),
            "request": lambda asked: self.requests.append(asked.url),
            "requestfinished": weigh,
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        yield
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


@contextmanager
def screen(browser: Browser, scheme: str, **size: Any) -> Iterator[Page]:
    """Yield a page for many visits. Starting a process for each would take longer than loading it.

    The cache is off, and storage is cleared before each visit.
    """
    context = browser.new_context(color_scheme=scheme, **size)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.add_init_script(AT_THE_START)
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield page
    context.close()


def visit(page: Page, path: str, address: str, scheme: str, size: dict[str, int]) -> Visit:
    """Open and examine a page, in both color schemes if it is in docs/.

    All rules of axe run in the first scheme, the one of the reader's system. The pages of notebooks
    share their markup, so axe checks them only on the phone, and without the colors.
    """
    seen, on_phone = Visit(path), size == PHONE["viewport"]
    page.set_viewport_size(size)
    with seen.listening_to(page):
        page.goto(address)
        expect_colors(page, scheme)
        if path in PAGES:
            expect(page.locator("details.quiz:not(form.exercise + *)")).to_have_count(0)
        if path in PAGES or on_phone:
            seen.axe[scheme] = axe_report(page, None if path in PAGES else RULES_OF_NOTEBOOKS)
        if address.startswith("http"):
            page.wait_for_load_state("networkidle")  # usually reached while axe ran
    seen.height = page.locator("article").bounding_box()["height"]
    seen.shift = page.evaluate("window.shifted")
    seen.overhang[scheme] = overhang(page)
    seen.broken[size["width"]] = page.evaluate(BROKEN_WORDS)
    seen.small_code = page.evaluate(SMALL_CODE)
    if not on_phone:
        seen.on_paper = faults_on_paper(page)
    if path in PAGES:
        other = "dark" if scheme == "light" else "light"
        page.locator(f"label[title='Switch to {other} colors']").click()
        expect_colors(page, other)
        page.evaluate(END_FADES)
        seen.axe[other] = axe_report(page, COLOR_RULES, AROUND_THE_ARTICLE)
        seen.overhang[other] = overhang(page)
        page.set_viewport_size(SMALL_PHONE)
        seen.overhang["small phone"] = overhang(page)
        seen.broken[SMALL_PHONE["width"]] = page.evaluate(BROKEN_WORDS)
        with seen.listening_to(page):
            seen.answers = page.evaluate(GIVE_ALL)
    return seen


def expect_colors(page: Page, scheme: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])


def overhang(page: Page) -> int:
    """Return by how many pixels a page is wider than the screen. (Phones zoom out to hide this.)"""
    return page.evaluate("document.scrollingElement.scrollWidth") - page.viewport_size["width"]


def faults_on_paper(page: Page) -> list[str]:
    size = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    found = []
    if overhang(page) > 0:
        found.append(f"is {overhang(page)} pixels too wide")
    for hidden in page.locator(".md-header, .md-footer, .md-sidebar--primary").all():
        if hidden.is_visible():
            found.append(f"shows its {hidden.get_attribute('class')}")
    if cut := page.locator("article pre > code").evaluate_all(CODE_TOO_WIDE):
        found.append(f"{cut} blocks of code run over the edge")
    page.emulate_media(media="null")
    page.set_viewport_size(size)
    return found


def wide_pages(visits: list[Visit]) -> Iterable[str]:
    return (
        f"{seen.path}, {where}: {pixels} pixels"
        for seen in visits
        for where, pixels in seen.overhang.items()
        if pixels > 0
    )
