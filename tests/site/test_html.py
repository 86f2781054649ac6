# SPDX-License-Identifier: MIT
"""Every page of the built site is valid HTML."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from bs4 import BeautifulSoup

from tests.support.pages import parsed

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def errors_in(text: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"line {line}: {code} {values}" for (line, _), code, values in parser.errors]


def test_every_page_parses_without_an_error(site: Path) -> None:
    found = [f"{p}: {error}" for p in pages(site) for error in errors_in(p.read_text("utf-8"))]
    assert not found, "\n".join(found[:20])


@pytest.mark.parametrize(
    "html", ["<p><div>a</div></p>", "<p>a</b></p>", "<table><p>a</table>", '<p id="a" id="b">']
)
def test_invalid_html_is_detected(html: str) -> None:
    page = "<!doctype html><title>a</title>{}"
    assert errors_in(page.format(html))
    assert not errors_in(page.format("<p>a</p>"))


@pytest.fixture(scope="module")
def soups(site: Path) -> dict[Path, BeautifulSoup]:
    return {page: parsed(page) for page in pages(site)}


def test_ids_are_unique_on_a_page_and_references_resolve(
    soups: dict[Path, BeautifulSoup],
) -> None:
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids)), (page, {one for one in ids if ids.count(one) > 1})
        for name in REFERENCES:
            for tag in soup.select(f"article [{name}]"):
                missing = set(tag[name].split()) - set(ids)
                assert not missing, f"{page}: {name} of {tag.name} names {missing}"


def test_headings_go_down_one_step_at_a_time_and_there_is_one_title(
    soups: dict[Path, BeautifulSoup],
) -> None:
    for page, soup in soups.items():
        levels = [int(tag.name[1]) for tag in soup.select("article :is(h1, h2, h3, h4, h5, h6)")]
        assert levels.count(1) == 1 and levels[0] == 1, page
        for above, below in pairwise(levels):
            assert below <= above + 1, f"{page}: h{above} is followed by h{below}"
