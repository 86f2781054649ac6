# SPDX-License-Identifier: MIT
"""Every page of the built site, notebooks too, opened in a real Chromium in three ways.

- on a phone: dark, by touch, from a server and under a sub-path
- on a desk: light and wide, from a disk, and then on paper; what a disk cannot show (the lab, the
  search) from the root of a server as well
- without scripts

A visit notes whatever a claim below asks about. So a claim costs no visit, and names all pages
that break it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.browser import TIMEOUT, Server, words_of
from tests.support.chapters import MOVED, NOTEBOOK_PAGES, PAGES
from tests.support.offenders import assert_none

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 844}}
SMALL_PHONE = {"width": 320, "height": 640}
PAPER = {"width": 718, "height": 1000}  # what an A4 sheet has between its margins
NEED_A_SERVER = ["", "lab/", "walkthrough/outputs/"]
SCHEMES = {"light": "default", "dark": "slate"}
# What axe finds to be right it need not describe: that takes three fifths of its time.
ALL_RULES = {"resultTypes": ["violations"]}
COLOR_RULES = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    **ALL_RULES,
}
NOTE_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
# Pages of notebooks share their markup and colors with chapters, and are many.
RULES_OF_NOTEBOOKS = {"rules": {"color-contrast": {"enabled": False}}, **ALL_RULES}
# An article has the same colors at every width: its dark ones are seen on the phone, its light ones
# on the desk. What stands around it differs.
AROUND_THE_ARTICLE = {"exclude": [["article"]]}
END_FADES = """document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .forEach((one) => one.finish())"""
CODE_TOO_WIDE = """all => all.filter(
    one => one.offsetParent && one.scrollWidth > one.clientWidth + 1).length"""

# One worker opens the pages of a kind, and checks the claims about them.
on_phones = pytest.mark.xdist_group("pages on a phone")
on_desks = pytest.mark.xdist_group("pages on a desk")


@dataclass
class Visit:
    """What one page complained of, asked for and weighed, and how it looked."""

    path: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bytes: int = 0
    shift: float = 0
    height: float = 0
    overhang: dict[str, int] = field(default_factory=dict)  # in pixels, by where it was looked at
    axe: dict[str, str] = field(default_factory=dict)  # reports by color scheme
    on_paper: list[str] = field(default_factory=list)  # what is wrong there

    @contextmanager
    def listening_to(self, page: Page) -> Iterator[None]:
        """Note what a page does while it loads, and nothing that axe does there later."""

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


def visit(browser: Browser, path: str, address: str, scheme: str, **screen: Any) -> Visit:
    """Open a page in a fresh profile and look at it, in both color schemes if docs/ has it.

    The full set of axe's rules is run in the first scheme: that of a reader's system. For pages of
    notebooks, which share their markup, that is done on the phone alone, without the colors.
    """
    context = browser.new_context(color_scheme=scheme, **screen)
    context.set_default_timeout(TIMEOUT)
    page, seen = context.new_page(), Visit(path)
    page.add_init_script(NOTE_SHIFTS)
    with seen.listening_to(page):
        page.goto(address, wait_until="load" if address.startswith("file:") else "networkidle")
    expect_colors(page, scheme)
    seen.height = page.locator("article").bounding_box()["height"]
    seen.shift = page.evaluate("window.shifted")
    if path in PAGES or screen == PHONE:
        rules = ALL_RULES if path in PAGES else RULES_OF_NOTEBOOKS
        seen.axe[scheme] = axe_report(page, rules)
    seen.overhang[scheme] = overhang(page)
    if screen == DESK:
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
    context.close()
    return seen


def expect_colors(page: Page, scheme: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])


def axe_report(page: Page, options: dict[str, Any], context: dict[str, Any] | None = None) -> str:
    found = Axe().run(page, context=context, options=options)
    return found.generate_report() if found.violations_count else ""


def overhang(page: Page) -> int:
    """By how many pixels a page is wider than the screen (a phone would zoom out to hide it)."""
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


@pytest.fixture(scope="session")
def known_pages(pytestconfig: pytest.Config) -> list[str]:
    return PAGES if pytestconfig.getoption("--zensical") else [*PAGES, *NOTEBOOK_PAGES]


@pytest.fixture(scope="session")
def phones(browser: Browser, server: Server, known_pages: list[str]) -> list[Visit]:
    return [visit(browser, path, server.sub + path, "dark", **PHONE) for path in known_pages]


@pytest.fixture(scope="session")
def disks(browser: Browser, site: Path, known_pages: list[str]) -> list[Visit]:
    return [
        visit(browser, path, (site / path / "index.html").as_uri(), "light", **DESK)
        for path in known_pages
    ]


@pytest.fixture(scope="session")
def desks(browser: Browser, server: Server, disks: list[Visit]) -> list[Visit]:
    served = [visit(browser, path, server.url + path, "light", **DESK) for path in NEED_A_SERVER]
    return [*disks, *served]


def test_every_page_is_known_here(site: Path, known_pages: list[str]) -> None:
    found = [page.parent.relative_to(site).as_posix() for page in site.rglob("index.html")]
    found = [page for page in found if f"{page}/" not in MOVED]
    assert sorted(known_pages) == sorted("" if page == "." else f"{page}/" for page in found)
    labs = [page for page in PAGES if "<attention-lab" in (site / page / "index.html").read_text()]
    assert labs and set(labs) <= set(NEED_A_SERVER)


# --- on a phone


@on_phones
def test_on_a_phone_every_console_is_quiet(phones: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.errors}" for seen in phones if seen.errors)


@on_phones
def test_under_a_sub_path_no_page_asks_outside_of_it(phones: list[Visit], server: Server) -> None:
    inside = (server.sub, f"blob:{server.url}", "data:")
    outside = {
        seen.path: [url for url in seen.requests if not url.startswith(inside)] for seen in phones
    }
    assert all(seen.requests for seen in phones)
    assert_none(f"{path}: {urls}" for path, urls in outside.items() if urls)


@on_phones
def test_no_page_is_heavier_than_a_photograph(
    phones: list[Visit], pytestconfig: pytest.Config
) -> None:
    # Zensical's own files are 20 kB more, and its palette cannot be left out.
    most, size = (13, 140_000) if pytestconfig.getoption("--zensical") else (12, 120_000)
    assert_none(
        "\n".join([f"{seen.path}: {seen.bytes} bytes", *seen.requests])
        for seen in phones
        if not 10_000 < seen.bytes < (size if seen.path in PAGES else 150_000)
        or (seen.path in PAGES and len(seen.requests) > most)
    )


@on_phones
def test_on_a_phone_nothing_shifts_while_it_loads(phones: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.shift}" for seen in phones if seen.shift > 0.01)


@on_phones
def test_on_a_phone_axe_finds_nothing(phones: list[Visit], known_pages: list[str]) -> None:
    assert [seen.path for seen in phones if "dark" in seen.axe] == known_pages
    assert_none(f"{seen.path}: {seen.axe['dark']}" for seen in phones if seen.axe["dark"])


@on_phones
def test_on_a_phone_axe_finds_nothing_in_light_colors(phones: list[Visit]) -> None:
    assert [seen.path for seen in phones if "light" in seen.axe] == PAGES
    assert_none(f"{seen.path}: {seen.axe['light']}" for seen in phones if seen.axe.get("light"))


@on_phones
def test_nothing_hangs_over_the_edge_of_a_phone(phones: list[Visit]) -> None:
    assert_none(wide_pages(phones))


def wide_pages(visits: list[Visit]) -> Iterable[str]:
    return (
        f"{seen.path}, {where}: {pixels} pixels"
        for seen in visits
        for where, pixels in seen.overhang.items()
        if pixels > 0
    )


# --- on a desk


@on_desks
def test_from_a_disk_every_page_is_whole(
    disks: list[Visit], lacking: Callable[[str], bool]
) -> None:
    complaints = {
        seen.path: [error for error in seen.errors if not lacking(error)] for seen in disks
    }
    assert_none(f"{path}: {errors}" for path, errors in complaints.items() if errors)
    assert_none(f"{seen.path}: {seen.height} pixels high" for seen in disks if seen.height <= 200)


@on_desks
def test_from_a_disk_no_page_asks_elsewhere(disks: list[Visit]) -> None:
    own = ("file:", "data:", "blob:")
    asked = {seen.path: [url for url in seen.requests if not url.startswith(own)] for seen in disks}
    assert_none(f"{path}: {urls}" for path, urls in asked.items() if urls)


@on_desks
def test_at_the_root_of_a_host_a_page_is_quiet_and_asks_no_other(
    desks: list[Visit], server: Server
) -> None:
    served = desks[-len(NEED_A_SERVER) :]
    own = (server.url, "data:", "blob:")
    assert [seen.path for seen in served] == NEED_A_SERVER
    assert all(seen.requests for seen in served)
    assert_none(f"{seen.path}: {seen.errors}" for seen in served if seen.errors)
    assert [url for seen in served for url in seen.requests if not url.startswith(own)] == []


@on_desks
def test_on_a_desk_nothing_shifts_while_it_loads(desks: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.shift}" for seen in desks if seen.shift > 0.01)


@on_desks
def test_on_a_desk_axe_finds_nothing(desks: list[Visit]) -> None:
    assert [seen.path for seen in desks if "light" in seen.axe] == [*PAGES, *NEED_A_SERVER]
    assert_none(f"{seen.path}: {seen.axe['light']}" for seen in desks if seen.axe.get("light"))


@on_desks
def test_on_a_desk_axe_finds_nothing_in_dark_colors(desks: list[Visit]) -> None:
    assert [seen.path for seen in desks if "dark" in seen.axe] == [*PAGES, *NEED_A_SERVER]
    assert_none(f"{seen.path}: {seen.axe['dark']}" for seen in desks if seen.axe.get("dark"))


@on_desks
def test_nothing_hangs_over_the_edge_of_a_desk(desks: list[Visit]) -> None:
    assert_none(wide_pages(desks))


@on_desks
def test_on_paper_no_page_is_cut_off(desks: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.on_paper}" for seen in desks if seen.on_paper)


# --- without scripts


@on_desks
def test_without_scripts_every_page_can_be_read(
    browser: Browser, site: Path, known_pages: list[str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    offenders = []
    for path in known_pages:
        page.goto((site / path / "index.html").as_uri())
        words = len(page.locator("article").inner_text().split())
        shown = page.locator("article :is(pre, table, figure):not(details:not([open]) *)")
        heights = shown.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        if words <= 40 or not all(heights):
            offenders.append(f"{path}: {words} words; blocks of heights {heights}")
    context.close()
    assert_none(offenders)
