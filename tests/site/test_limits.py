# SPDX-License-Identifier: MIT
"""No chapter has more words or lines of code before its exercises than one sitting allows."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tests.support.chapters import CHAPTERS
from tests.support.offenders import assert_none

MOST_WORDS = 1100
MOST_LINES = 90
# Optional reading, text by the engine, or text of the page's head.
NOT_COUNTED = "details, table, .about, [class^=map-], .footnote, .headerlink, svg, math"


def is_the_end(tag: Tag) -> bool:
    return tag.name == "h2" and tag.get_text().startswith("Your turn")


def before_the_exercises(site: Path, name: str) -> Tag:
    """Return the article before its exercises, without the parts that do not count."""
    page = (site / name / "index.html").read_text("utf-8")
    article = BeautifulSoup(page, "html.parser").article
    end = article.find(is_the_end)
    assert end, f'{name} has no exercises: they begin with "## Your turn"'
    for tag in [end, *end.find_all_next()]:
        tag.extract()
    for tag in article.select(NOT_COUNTED):
        tag.extract()
    return article


def words_of(article: Tag) -> int:
    texts = [tag.get_text(" ") for tag in article.select("p, li:not(:has(p)), h2, h3")]
    told = [text for text in texts if not text.startswith("Uses ")]
    return len([word for text in told for word in text.split() if re.search(r"\w", word)])


def lines_of(article: Tag) -> int:
    blocks = [block.get_text() for block in article.select(".language-py code")]
    return len([line for block in blocks for line in block.splitlines() if line.strip()])


def test_no_chapter_has_more_prose_or_code_than_a_sitting_allows(site: Path) -> None:
    counts = {}
    for name in CHAPTERS:
        article = before_the_exercises(site, name)
        counts[name] = words_of(article), lines_of(article)
    assert max(words for words, _ in counts.values()) > 500, "the prose was not found"
    assert max(lines for _, lines in counts.values()) > 50, "the code was not found"
    assert_none(
        f"{name}: {words} words and {lines} lines of code"
        for name, (words, lines) in counts.items()
        if words > MOST_WORDS or lines > MOST_LINES
    )
