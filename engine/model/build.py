# SPDX-License-Identifier: MIT
"""One build: what there is to show, what it produced, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.model.page import Page, Print, Value, walk
from engine.model.problem import Problem
from engine.model.result import Result, SectionOutput
from engine.model.result import Value as Found
from engine.model.snippet import CodeBlock, Section


@dataclass
class Snippet:
    """A file that the engine runs, with all that pages ask of it.

    where: its path in messages
    expressions: each with the first line that asks for it, as `file:line`
    shown_after: those that stand below a section on a page, each with its line, by that section
    pages: those that show it, as messages name them
    in_blocks: the sections whose code pages show, so that a program proves their outputs
    """

    stem: str
    path: Path
    where: str
    text: str
    sections: list[Section]
    expressions: dict[str, str] = field(default_factory=dict)
    shown_after: dict[str, dict[str, str]] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    in_blocks: set[str] = field(default_factory=set)

    def named(self, names: Iterable[str]) -> list[Section]:
        """Return the sections of these names, in their order; unknown names are left out."""
        sections = {section.name: section for section in self.sections}
        return [sections[name] for name in names if name in sections]


@dataclass
class Build:
    """The outcome of one build.

    results: what every snippet produced that ran to its end, by stem
    ran: the results that come from this build and not from the cache
    programs: the program of each code block on the pages
    problems: what fails the build
    warnings: what a strict build does not pass
    digests: for each result, the digest of all that it depends on
    """

    pages: list[Page] = field(default_factory=list)
    snippets: dict[str, Snippet] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    ran: list[Result] = field(default_factory=list)
    programs: dict[CodeBlock, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def value(self, shown: Value | Print) -> Found:
        return self.results[shown.stem].values[shown.expression]

    def outputs(self, stem: str, sections: Iterable[str]) -> list[SectionOutput]:
        """Return the outputs of sections; an empty one for a section that never ran."""
        found = self.results[stem].sections
        return [found.get(name, SectionOutput()) for name in sections]

    def problems_of(self, stem: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.snippet == stem]

    def problems_on(self, page: Page) -> list[Problem]:
        """Return what is wrong with a page, or with a snippet that it shows."""
        prefix = f"{page.where}:"
        return [p for p in self.problems if p.where.startswith(prefix) or page.where in p.pages]

    def broken_lines(self, page: Page) -> set[int]:
        """Return the lines of a page at which it cannot be shown whole."""
        prefix = f"{page.where}:"
        places = [p.where for p in self.problems if p.where.startswith(prefix)]
        lines = {int(where.rpartition(":")[2]) for where in places}
        for block in walk(page.blocks):
            stem = getattr(block, "stem", None)
            if stem is not None and stem not in self.results:
                lines.add(block.line)
        return lines
