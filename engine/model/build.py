# SPDX-License-Identifier: MIT
"""The state of one build: its pages, snippets, results, programs and problems."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.model.page import Page, Print, Value, walk
from engine.model.problem import Problem
from engine.model.result import Result, SectionOutput
from engine.model.result import Value as EvaluatedValue
from engine.model.snippet import CodeBlock, Section


@dataclass
class Snippet:
    """A Python file that the engine runs, with everything that pages show of it.

    where: the path in messages
    expressions: the expressions that pages show, each with its first use as `file:line`
    shown_after: by section, the expressions that a page shows below it, each with its `file:line`
    pages: the pages that show the snippet, as paths in messages
    in_blocks: the sections whose code a page shows, whose outputs are proved by a program
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
        """Return the sections with these names, in the order given; skip unknown names."""
        sections = {section.name: section for section in self.sections}
        return [sections[name] for name in names if name in sections]


@dataclass
class Build:
    """The outcome of one build.

    results: by stem, the results of the snippets that ran without a problem
    ran: the results, failed ones included, that this build computed instead of loading
    programs: the program of each code block on the pages
    problems: problems that fail every build
    warnings: problems that fail a strict build only
    digests: for each result, the digest of its dependencies
    """

    pages: list[Page] = field(default_factory=list)
    snippets: dict[str, Snippet] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    ran: list[Result] = field(default_factory=list)
    programs: dict[CodeBlock, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def value(self, shown: Value | Print) -> EvaluatedValue:
        return self.results[shown.stem].values[shown.expression]

    def outputs(self, stem: str, sections: Iterable[str]) -> list[SectionOutput]:
        """Return the outputs of sections; that of a section without statements is empty."""
        outputs = self.results[stem].sections
        return [outputs.get(name, SectionOutput()) for name in sections]

    def problems_on(self, page: Page) -> list[Problem]:
        """Return the problems of a page and of the snippets that it shows."""
        prefix = f"{page.where}:"
        return [p for p in self.problems if p.where.startswith(prefix) or page.where in p.pages]

    def broken_lines(self, page: Page) -> set[int]:
        """Return the lines of the blocks that have a problem, or whose snippet has no result."""
        prefix = f"{page.where}:"
        places = [p.where for p in self.problems if p.where.startswith(prefix)]
        lines = {int(where.rpartition(":")[2]) for where in places}
        for block in walk(page.blocks):
            stem = getattr(block, "stem", None)
            if stem is not None and stem not in self.results:
                lines.add(block.line)
        return lines
