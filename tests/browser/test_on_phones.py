# SPDX-License-Identifier: MIT
"""Every page of the built site, notebooks included, works on a phone: dark, under a sub-path."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Server
from tests.support.chapters import CHAPTERS, PAGES
from tests.support.offenders import assert_none
from tests.support.visits import PHONE, Visit, screen, visit, wide_pages


@pytest.fixture(scope="module")
def phones(browser: Browser, server: Server, known_pages: list[str]) -> list[Visit]:
    with screen(browser, "dark", **PHONE) as page:
        return [
            visit(page, path, server.sub + path, "dark", PHONE["viewport"]) for path in known_pages
        ]


def test_on_a_phone_no_page_has_errors(phones: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.errors}" for seen in phones if seen.errors)


def test_under_a_sub_path_no_page_requests_anything_outside(
    phones: list[Visit], server: Server
) -> None:
    inside = (server.sub, f"blob:{server.url}", "data:")
    outside = {
        seen.path: [url for url in seen.requests if not url.startswith(inside)] for seen in phones
    }
    assert all(seen.requests for seen in phones)
    assert_none(f"{path}: {urls}" for path, urls in outside.items() if urls)


def test_no_page_is_heavier_than_a_photograph(
    phones: list[Visit], pytestconfig: pytest.Config
) -> None:
    # Zensical's own files are 20 kB larger, and its palette cannot be omitted.
    most, size = (13, 140_000) if pytestconfig.getoption("--zensical") else (12, 120_000)
    assert_none(
        "\n".join([f"{seen.path}: {seen.bytes} bytes", *seen.requests])
        for seen in phones
        if not 10_000 < seen.bytes < (size if seen.path in PAGES else 150_000)
        or (seen.path in PAGES and len(seen.requests) > most)
    )


def test_on_a_phone_nothing_shifts_while_it_loads(phones: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.shift}" for seen in phones if seen.shift > 0.01)


def test_on_a_phone_axe_finds_nothing(phones: list[Visit], known_pages: list[str]) -> None:
    assert [seen.path for seen in phones if "dark" in seen.axe] == known_pages
    assert_none(f"{seen.path}: {seen.axe['dark']}" for seen in phones if seen.axe["dark"])


def test_on_a_phone_axe_finds_nothing_in_light_colors(phones: list[Visit]) -> None:
    assert [seen.path for seen in phones if "light" in seen.axe] == PAGES
    assert_none(f"{seen.path}: {seen.axe['light']}" for seen in phones if seen.axe.get("light"))


def test_nothing_hangs_over_the_edge_of_a_phone(phones: list[Visit]) -> None:
    assert_none(wide_pages(phones))


def test_no_word_of_a_heading_breaks_on_a_phone(phones: list[Visit]) -> None:
    assert_none(
        f"{seen.path}, {width} pixels: {words}"
        for seen in phones
        for width, words in seen.broken.items()
        if words
    )


def test_code_is_large_enough_to_read_on_a_phone(phones: list[Visit]) -> None:
    assert_none(f"{seen.path}: {seen.small_code}" for seen in phones if seen.small_code)


def test_every_answer_in_a_solution_gets_its_reason(phones: list[Visit]) -> None:
    said = {seen.path.removesuffix("/"): seen.answers for seen in phones}
    assert_none(name for name in CHAPTERS if not said[name])
    assert_none(
        f"{name}: {told!r} instead of {meant!r}"
        for name, answers in said.items()
        for meant, told in answers
        if told != meant
    )
