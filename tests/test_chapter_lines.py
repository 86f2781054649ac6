# SPDX-License-Identifier: MIT
"""Chapters are mostly prose: few of their lines are directives or fences.

`python -m tests.test_chapter_lines` prints the share in each chapter.
"""

from __future__ import annotations

from engine.model.page import (
    Block,
    Example,
    Fence,
    Malformed,
    Page,
    Print,
    Value,
    WholeFile,
    walk,
)
from engine.read.page import parse
from tests.support.chapters import CHAPTERS, DOCS

LARGEST_SHARE = 0.15
PLUMBING = Example | Fence | Malformed | Print | WholeFile


def page_of(chapter: str) -> Page:
    return parse((DOCS / f"{chapter}.md").read_text("utf-8"), f"{chapter}.md", chapter)


def is_plumbing(block: Block) -> bool:
    """Return whether a block is a directive, a fence, an include, or a value alone on a line."""
    return isinstance(block, PLUMBING) or (isinstance(block, Value) and block.alone)


def counted(page: Page) -> tuple[int, int]:
    """Return the number of plumbing lines of a page, and of all its lines."""
    lines = {
        line
        for block in walk(page.blocks)
        if is_plumbing(block)
        for line in range(block.line, block.end + 1)
    }
    return len(lines), len(page.text.splitlines())


def test_less_than_15_percent_of_the_chapters_lines_say_what_to_include() -> None:
    counts = [counted(page_of(chapter)) for chapter in CHAPTERS]
    plumbing, lines = (sum(numbers) for numbers in zip(*counts, strict=True))
    assert lines > 1000, "the chapters were not found"
    assert plumbing / lines < LARGEST_SHARE


def test_a_fence_with_an_include_counts_with_all_its_lines() -> None:
    page = parse('# A\n\nText.\n\n``` py\n--8<-- "a.py"\n```\n\n{{ a: b }}\n')
    assert counted(page) == (4, 9)


def test_links_to_the_next_page_are_left_to_the_theme() -> None:
    """Only `nav:` has the order of pages. A card below each page links to the next."""
    pages = {chapter: page_of(chapter).text for chapter in CHAPTERS}
    assert [chapter for chapter, text in pages.items() if "\n[Next: " in text] == []


if __name__ == "__main__":
    for chapter in CHAPTERS:
        plumbing, lines = counted(page_of(chapter))
        print(f"{plumbing / lines:6.1%}  {plumbing:3} of {lines:3} lines  {chapter}")
