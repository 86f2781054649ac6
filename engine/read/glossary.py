# SPDX-License-Identifier: MIT
"""Read the terms of the glossary and their definitions from the blocks of its page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown.extensions.toc import slugify

from engine.model.page import Heading, Page, Prose

GLOSSARY = "glossary.md"
TO_TERM = re.compile(r"(?:^|/)glossary\.md#(?P<slug>.+)$")
TERM_LINK = re.compile(r"glossary\.md#(?P<slug>[^)\s]+)")
MARKUP = re.compile(r"\[(?P<words>[^\]]*)\]\([^)]*\)|`(?P<code>[^`]*)`|\*\*|(?<!\w)\*|\*(?!\w)")
LIVE = re.compile(r"[$<]")


@dataclass(frozen=True)
class Term:
    """A heading of the glossary.

    slug: its anchor; definition: the first paragraph below it, as plain text
    problem: why the definition cannot be shown on other pages, or ""
    """

    slug: str
    line: int
    definition: str
    problem: str = ""


def read_terms(page: Page) -> Iterator[Term]:
    """Yield the terms of the glossary in page order."""
    seen: set[str] = set()
    for number, block in enumerate(page.blocks):
        if not isinstance(block, Heading) or block.level == 1:
            continue
        slug = slugify(plain(block.text), "-")
        below = page.blocks[number + 1] if number + 1 < len(page.blocks) else None
        paragraph, has_value, problem = "", False, ""
        if isinstance(below, Prose):
            paragraph = below.text.partition("\n\n")[0]
            last = below.line + paragraph.count("\n")
            has_value = any(value.line <= last for value in below.values)
        if slug in seen:
            problem = f'the term "{slug}" is there twice: remove one'
        elif not paragraph:
            problem = f'the term "{slug}" has no definition below it'
        elif has_value or LIVE.search(paragraph):
            problem = (
                f'the definition of "{slug}" is shown where its term is used, as plain words: '
                f"put values, formulas and HTML in a paragraph below it"
            )
        seen.add(slug)
        yield Term(slug, block.line, plain(" ".join(paragraph.split())), problem)


def plain(text: str) -> str:
    """Return text without the Markdown of links, code and emphasis."""
    return MARKUP.sub(lambda match: match["words"] or match["code"] or "", text)
