# SPDX-License-Identifier: MIT
"""Each term is linked to the glossary at its first use."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tests.support.offenders import assert_none

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "glossary.md").read_text("utf-8")
# A term's home is the chapter that its entry links to first.
ENTRY = re.compile(r"^## (?P<name>.+)\n(?P<text>(?:(?!## ).*\n)*)", re.MULTILINE)
HOME = re.compile(r"\]\((?P<page>[\w/]+\.md)\)")
TERMS = {
    entry["name"].strip("`"): home["page"]
    for entry in ENTRY.finditer(TEXT)
    if (home := HOME.search(entry["text"]))
}


def slug(name: str) -> str:
    return re.sub(r"[()]", "", name.lower()).replace(" ", "-")


def article(site: Path, page: str) -> Tag:
    """Return the prose of a page: no code, formulas, headings or notes."""
    path = site / page.removesuffix(".md") / "index.html"
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser").article
    for gone in soup.select(
        "pre, math, figure, script, style, template, summary, h1, h2, h3, .filename, .footnote, .notebooks"
    ):
        gone.decompose()
    return soup


def leads_to(link: Tag, page: str, name: str) -> bool:
    here = page.removesuffix(".md")
    target, _, anchor = link["href"].partition("#")
    whole = posixpath.normpath(posixpath.join(here, target))
    return whole == "glossary" and anchor == slug(name)


def words(name: str) -> re.Pattern:
    """Return a pattern for a term in a sentence, also in the plural, but not within a word."""
    name = name.partition(" (")[0]  # without its abbreviation
    plural = r"(?:e?s)?" if not name.endswith("y") else ""
    stem = rf"{re.escape(name[:-1])}(?:y|ies)" if name.endswith("y") else re.escape(name)
    return re.compile(rf"(?<![\w-]){stem}{plural}(?![\w-])", re.IGNORECASE)


def is_no_prose(tag: Tag) -> bool:
    """Return whether a tag shows text from elsewhere: another term, the map, the contents."""
    return bool({"term", "map", "contents"} & set(tag.get("class") or []))


def text_before(soup: Tag, link: Tag) -> str:
    """Return the prose before a link, without the texts of other terms."""
    text = []
    for node in soup.descendants:
        if node is link:
            return "".join(text)
        if isinstance(node, str) and not node.find_parent(is_no_prose):
            text.append(node)
    raise ValueError("the link is not in here")


def test_a_term_is_linked_at_its_first_use_in_the_chapter_that_it_comes_from(site: Path) -> None:
    articles = {page: article(site, page) for page in set(TERMS.values())}
    assert_none(
        filter(None, (unlinked(articles[page], page, name) for name, page in TERMS.items()))
    )


def unlinked(soup: Tag, page: str, name: str) -> str:
    """Return what is wrong with the first use of a term, or ""."""
    link = next((a for a in soup.select("a.term") if leads_to(a, page, name)), None)
    if not link:
        return f"docs/{page} has no link to glossary.md#{slug(name)}"
    before = text_before(soup, link)
    used = words(name).search(before)
    return f"docs/{page} uses {name} early: …{before[: used.end()][-60:]!r}" if used else ""


def test_every_link_to_a_term_has_a_definition(site: Path) -> None:
    anchors = {slug(name) for name in re.findall(r"^## `?(.+?)`?$", TEXT, re.MULTILINE)}
    met = set()
    for path in DOCS.rglob("*.md"):
        page = path.relative_to(DOCS).as_posix()
        if page == "glossary.md" or "overrides" in page:
            continue
        met |= set(re.findall(r"glossary\.md#([^)\s]+)", path.read_text("utf-8")))
    assert met <= anchors, f"no such term: {met - anchors}"
    html = (site / "walkthrough" / "projection_weights" / "index.html").read_text("utf-8")
    links = BeautifulSoup(html, "html.parser").select("article a[href*='glossary/#']")
    assert len(links) > 5
    assert all(len(link["aria-description"]) > 20 for link in links)


def test_terms_are_in_alphabetical_order() -> None:
    names = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert names == sorted(names, key=lambda name: name.strip("`").lower())


def test_every_term_names_a_chapter() -> None:
    assert len(TERMS) == len(re.findall(r"^## ", TEXT, re.MULTILINE))
