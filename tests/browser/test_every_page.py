# SPDX-License-Identifier: MIT
"""Every page of the built site, notebooks too, wherever and however it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Request

from tests.support.browser import Server, words_of
from tests.support.chapters import NOTEBOOK_PAGES, PAGES

OF_MKDOCS = pytest.mark.mkdocs_only("Zensical builds no notebooks")
PAPER = 718  # pixels between the margins of an A4 sheet


def every_page(site: Path) -> list[str]:
    found = sorted(page.parent.relative_to(site).as_posix() for page in site.rglob("index.html"))
    assert len(found) > 10
    return ["" if page == "." else f"{page}/" for page in found]


@dataclass
class Seen:
    """What one page complained of, asked for, weighed, and what axe found on it."""

    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    weight: int = 0
    found: str | None = None  # where axe did not look


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, color_scheme="dark"
    )
    yield context
    context.close()


@pytest.fixture(
    scope="module",
    params=[*PAGES, *(pytest.param(page, marks=OF_MKDOCS) for page in NOTEBOOK_PAGES)],
    ids=lambda page: page or "home",
)
def seen(request: pytest.FixtureRequest, phone: BrowserContext, server: Server) -> Seen:
    """One page, opened under a sub-path."""
    return visit(phone, server.sub + request.param)


def visit(context: BrowserContext, address: str, axe: bool = True) -> Seen:
    page, seen = context.new_page(), Seen()

    def weigh(request: Request) -> None:
        sizes = request.sizes()
        seen.weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("console", lambda said: said.type == "error" and seen.errors.append(words_of(said)))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    if axe:
        page.on("requestfinished", weigh)
    page.goto(address, wait_until="networkidle" if axe else "load")
    assert page.locator("article").bounding_box()["height"] > 200, address
    written = "/notebooks/" not in address  # in docs/: axe looks at those in test_pages.py
    if axe and not written:
        result = Axe().run(page)
        seen.found = result.generate_report() if result.violations_count else ""
    page.close()
    return seen


def test_under_a_sub_path_no_page_asks_outside_of_it(seen: Seen, server: Server) -> None:
    inside = (server.sub, f"blob:{server.url}", "data:")
    assert seen.asked
    assert [url for url in seen.asked if not url.startswith(inside)] == []


def test_every_console_is_quiet(seen: Seen) -> None:
    assert seen.errors == []


def test_axe_finds_nothing_on_any_notebook(seen: Seen) -> None:
    assert (seen.found is None) == ("/notebooks/" not in seen.asked[0])
    assert not seen.found, seen.found


def test_no_page_is_heavier_than_a_photograph(seen: Seen) -> None:
    assert 10_000 < seen.weight <= 150_000


def test_every_page_is_opened_above(site: Path, pytestconfig: pytest.Config) -> None:
    known = PAGES if pytestconfig.getoption("--zensical") else [*PAGES, *NOTEBOOK_PAGES]
    assert every_page(site) == sorted(known)


def test_from_a_disk_every_page_is_whole(
    phone: BrowserContext, site: Path, lacking: Callable[[str], bool]
) -> None:
    for path in every_page(site):
        seen = visit(phone, (site / path / "index.html").as_uri(), axe=False)
        # The lab is a module, which browsers refuse from a disk; its tables of the build stand.
        refused = ("CORS", "ERR_FAILED")
        errors = [error for error in seen.errors if not any(r in error for r in refused)]
        assert [error for error in errors if not lacking(error)] == [], path
        assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == [], path


def test_without_scripts_every_page_can_be_read(
    browser: Browser, server: Server, site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in every_page(site):
        page.goto(server.url + path)
        assert len(page.locator("article").inner_text().split()) > 40, path
        for block in page.locator("article pre, article table, article figure").all()[:3]:
            if not block.evaluate("block => block.closest('details:not([open])')"):
                assert block.bounding_box()["height"] > 0, path
    context.close()


def test_on_paper_no_page_is_cut_off(browser: Browser, server: Server, site: Path) -> None:
    context = browser.new_context(viewport={"width": PAPER, "height": 1000})
    page = context.new_page()
    page.emulate_media(media="print")
    for path in every_page(site):
        page.goto(server.url + path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PAPER, path
        hidden = page.locator(".md-header, .md-footer, .md-sidebar--primary")
        assert not any(one.is_visible() for one in hidden.all()), path
        cut = page.locator("article pre > code").evaluate_all(
            "all => all.filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1).length"
        )
        assert not cut, f"{path}: {cut} blocks of code run over the edge of the paper"
    context.close()
