# SPDX-License-Identifier: MIT
"""The Markdown extension for terms: a link to the glossary carries the glossary's own words.

`[causal mask](../glossary.md#causal-mask)` gets the class `term` and, as its description, the
first paragraph below that heading in `docs/glossary.md`. A screen reader says it, and
`docs/assets/site.css` shows it where the link is pointed at or has the focus.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor

from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.read.old_page import VALUE

BEFORE_LINKS_ARE_RESOLVED = 5  # generators turn files into addresses at 0; attributes come at 8
TO_TERM = re.compile(r"(?:^|/)glossary\.md#(?P<slug>.+)$")
HEADING = re.compile(r"^##+ +(?P<name>.+?) *$")
MARKUP = re.compile(r"\[(?P<words>[^\]]*)\]\([^)]*\)|`(?P<code>[^`]*)`|\*\*|(?<!\w)\*|\*(?!\w)")
LIVE = re.compile(r"[$<]")


class Glossary(Extension):
    """Option: `root`, as said below."""

    def __init__(self, **options: Any) -> None:
        self.config = {"root": [".", "the folder that holds docs/ and snippets/"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        project = Project(Path(self.getConfig("root")).resolve())
        md.treeprocessors.register(Terms(md, project), "glossary", BEFORE_LINKS_ARE_RESOLVED)


class Terms(Treeprocessor):
    def __init__(self, md: Markdown, project: Project) -> None:
        super().__init__(md)
        self.project = project

    def run(self, root: Element) -> None:
        links = [(link, TO_TERM.search(link.get("href", ""))) for link in root.iter("a")]
        terms = [(link, match["slug"]) for link, match in links if match]
        if not terms:
            return
        definitions = read_glossary(self.project)
        for link, slug in terms:
            if slug in definitions:
                link.set("class", f"{link.get('class', '')} term".lstrip())
                link.set("aria-description", definitions[slug])
        unknown = {slug for _, slug in terms} - definitions.keys()
        if unknown:
            tell(list(problems(self.project, unknown, definitions)))


def read_glossary(project: Project) -> dict[str, str]:
    """Each term's anchor and its definition in plain words.

    Raises EngineError where a definition is missing or cannot be said in plain words.
    """
    file = project.docs / "glossary.md"
    definitions: dict[str, str] = {}
    wrong: list[Problem] = []
    text = file.read_text("utf-8-sig") if file.is_file() else ""
    for line, slug, paragraph in entries(text.splitlines()):
        where = f"{project.relative(file)}:{line}"
        if slug in definitions:
            wrong.append(Problem(where, f'the term "{slug}" is there twice: remove one'))
        elif not paragraph:
            wrong.append(Problem(where, f'the term "{slug}" has no definition below it'))
        elif VALUE.search(paragraph) or LIVE.search(paragraph):
            what = (
                f'the definition of "{slug}" is shown where its term is used, as plain words: '
                f"put values, formulas and HTML in a paragraph below it"
            )
            wrong.append(Problem(where, what))
        definitions[slug] = plain(paragraph)
    if wrong:
        raise EngineError(wrong)
    return definitions


def entries(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """The line, the anchor and the first paragraph of each term."""
    for place, line in enumerate(lines):
        if heading := HEADING.match(line):
            slug = slugify(plain(heading["name"]), "-")
            below = "\n".join(lines[place + 1 :]).lstrip("\n")
            paragraph = " ".join(below.partition("\n\n")[0].split())
            yield place + 1, slug, "" if paragraph.startswith("#") else paragraph


def plain(text: str) -> str:
    """Text without the marks of links, code and emphasis."""
    return MARKUP.sub(lambda match: match["words"] or match["code"] or "", text)


def problems(project: Project, unknown: set[str], known: dict[str, str]) -> Iterator[Problem]:
    """Each place that links to one of these terms, which the glossary does not have."""
    for page in project.markdown():
        for number, line in enumerate(page.read_text("utf-8-sig").splitlines(), start=1):
            for slug in re.findall(r"glossary\.md#([^)\s]+)", line):
                if slug in unknown:
                    near = difflib.get_close_matches(slug, known, n=1)
                    hint = f'; did you mean "{near[0]}"?' if near else ""
                    what = f'docs/glossary.md has no term "{slug}"{hint}'
                    yield Problem(f"{project.relative(page)}:{number}", what)


def tell(told: list[Problem]) -> None:
    """A mistake ends a build; a server says it and lives on, as in engine.site.markdown."""
    if "serve" not in sys.argv:
        raise EngineError(told)
    for problem in told:
        print(problem, file=sys.stderr)


def makeExtension(**options: Any) -> Glossary:
    return Glossary(**options)
