# SPDX-License-Identifier: MIT
"""Every page of the built site, notebooks included, works on a desktop screen.

Each page is opened from a disk, in light colors, and printed. Pages with a part that needs a server
(lab, search) are opened from one, too. Finally, all pages are opened without scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Server
from tests.support.chapters import MOVED, PAGES
from tests.support.offenders import assert_none
from tests.support.visits import DESK, Visit, screen, visit, wide_pages

NEED_A_SERVER = ["", "lab/", "walkthrough/outputs/"]


@pytest.fixture(scope="module")
def desks(browser: Browser, server: Server, site: Path, known_pages: list[str]) -> list[Visit]:
    """Visit all pages from a disk, then some from a server."""
    addresses = [(path, (site / path / "index.html").as_uri()) for path in known_pages]
    addresses += [(path, server.url + path) for path in NEED_A_SERVER]
    with screen(browser, "light", **DESK) as page:
        return [visit(page, *where, "light", DESK["viewport"]) for where in addresses]


@pytest.fixture(scope="module")
def disks(desks: list[Visit]) -> list[Visit]:
    return desks[: -len(NEED_A_SERVER)]


def test_every_page_of_the_site_is_visited(site: Path, known_pages: list[str]) -> None:
    found = [page.parent.relative_to(site).as_posix() for page in site.rglob("index.html")]
    found = [page for page in found if f"{page}/" not in MOVED]
    assert sorted(known_pages) == sorted("" if page == "." else f"{page}/" for page in found)
    labs = [page for page in PAGES if "<attention-lab" in (site / page / "index.html").read_text()]
    assert labs and set(labs) <= set(NEED_A_SERVER)


def test_from_a_disk_every_page_loads_without_errors(
    disks: list[Visit], lacking: Callable[[str], bool]
) -> None:
    complaints = {
        seen.path: [error for error in seen.errors if not lacking(error)] for seen in disks
    }
    assert_none(f"{path}: {errors}" for path, errors in complaints.items() if errors)
    assert_none(f"{seen.path}: {seen.height} pixels high" for seen in disks if seen.height <= 200)


def test_from_a_disk_no_page_contacts_a_server(disks: list[Visit]) -> None:
    own = ("file:", "data:", "blob:")
    asked = {seen.path: [url for url in seen.requests if not url.startswith(own)] for seen in disks}
    assert_none(f"{path}: {urls}" for path, urls in asked.items() if urls)


def test_at_the_root_of_a_host_pages_have_no_errors_and_contact_no_other(
    desks: list[Visit], server: Server
) -> None:
    served = desks[-len(NEED_A_SERVER) :]
    own = (server.url, "data:", "blob:")
    assert [seen.path for seen in served] == NEED_A_SERVER
    assert all(seen.requests for seen in served)
    assert_none(f"{seen.path}: {seen.errors}" for seen in served if seen.errors)
    assert [url for seen in served for url in seen.requests if not url.startswith(own)] == []


def test_on_a_desk_nothing_shifts_while_it_loads(desks: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.shift}" for seen in desks if seen.shift > 0.01)


def test_on_a_desk_axe_finds_nothing(desks: list[Visit]) -> None:
    assert [seen.path for seen in desks if "light" in seen.axe] == [*PAGES, *NEED_A_SERVER]
    assert_none(f"{seen.path}: {seen.axe['light']}" for seen in desks if seen.axe.get("light"))


def test_on_a_desk_axe_finds_nothing_in_dark_colors(desks: list[Visit]) -> None:
    assert [seen.path for seen in desks if "dark" in seen.axe] == [*PAGES, *NEED_A_SERVER]
    assert_none(f"{seen.path}: {seen.axe['dark']}" for seen in desks if seen.axe.get("dark"))


def test_nothing_hangs_over_the_edge_of_a_desk(desks: list[Visit]) -> None:
    assert_none(wide_pages(desks))


def test_on_paper_no_page_is_cut_off(desks: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.on_paper}" for seen in desks if seen.on_paper)


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
