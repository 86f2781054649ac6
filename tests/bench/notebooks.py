# SPDX-License-Identifier: MIT
"""Turn a chapter into notebook cells: words, and code in the place of its listing or output.

The code consists of the snippet's sections, each run once. Titled boxes that notebooks lack
(solutions, warnings) become their title and their contents.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.programs.names import Names
from engine.read.snippet import read_sections
from tests.bench.prose import (
    Box,
    Code,
    Figure,
    Note,
    Printed,
    Text,
    read_blocks,
    section_of,
    without_front_matter,
    worded,
)

Code_of = Callable[[str], str]  # returns the text of a snippet, given its stem


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Cell:
    """Code to run. `shown` says whether readers see the code and not only its output."""

    code: str
    shown: bool


def section_text(source: str, name: str) -> str:
    """Return the code of a section as pages show it, or the whole file for an empty name."""
    if not name:
        return source
    lines = source.split("\n")
    section = next(s for s in read_sections(source, "")[0] if s.name == name)
    return textwrap.dedent("\n".join(lines[section.start : section.end - 1])).strip("\n")


def preamble(source: str) -> str:
    """Return the code at the top of a snippet outside of any section, and all of its imports.

    A page may show a section before the one with the imports.
    """
    sections = read_sections(source, "")[0]
    first = min((section.start for section in sections), default=0)
    lines = source.split("\n")[: first - 1]
    kept = [line for line in lines if not line.startswith(("#", "if __name__"))]
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and statement.lineno >= first:
            kept.append(ast.unparse(statement))
    return "\n".join(kept).strip("\n")


def has_code_between(source: str) -> bool:
    """Return whether there is code between sections, apart from comments."""
    sections = read_sections(source, "")[0]
    inside = {n for s in sections for n in range(s.start, s.end + 1)}
    first = min((section.start for section in sections), default=0)
    return any(
        line.strip() and not line.lstrip().startswith(("#", "if __name__"))
        for n, line in enumerate(source.split("\n"), start=1)
        if n > first and n not in inside
    )


@dataclass
class Runs:
    """The sections that a page has run so far."""

    code_of: Code_of
    done: set[tuple[str, str]] = field(default_factory=set)

    def top(self, stem: str) -> str:
        """Return the code at a snippet's top, or "" if the page has run it already."""
        if (stem, "") in self.done:
            return ""
        self.done.add((stem, ""))
        source = self.code_of(stem)
        if has_code_between(source):
            raise ValueError(f"{stem}: code between its sections would be lost in a notebook")
        return preamble(source)

    def new(self, stem: str, names: list[str]) -> list[str]:
        """Return the sections that have not run yet, and mark them as run."""
        fresh = [name for name in names if (stem, name) not in self.done]
        self.done.update((stem, name) for name in fresh)
        return fresh

    def hidden(self, stem: str, name: str) -> list[str]:
        """Return the sections to run for an output whose code is not shown here.

        They include later sections of the page whose names the output needs. These only bind
        names, so that running them again does no harm.
        """
        if not self.new(stem, [name]):
            return []
        source = self.code_of(stem)
        run, needed = [name], names_in(section_text(source, name))[1]
        earlier = [s.name for s in read_sections(source, "")[0]]
        for other in reversed(earlier[: earlier.index(name)]):
            binds, uses = names_in(section_text(source, other))
            if binds & needed and (stem, other) not in self.done:
                run.insert(0, other)
                needed |= uses
        return run


def names_in(code: str) -> tuple[set[str], set[str]]:
    """Return the names that code binds, and those that it needs."""
    binds: set[str] = set()
    needs: set[str] = set()
    for statement in ast.parse(code).body:
        names = Names.of(statement)
        needs |= (names.uses | names.later) - binds
        binds |= names.binds
    return binds, needs


def cells_of(
    page: str, code_of: Code_of, value: Callable[[str, str], str], suffix: str
) -> Iterator[Words | Cell]:
    """Yield a page as cells.

    code_of: returns the text of a snippet
    value: returns the value of a snippet's expression as text
    suffix: of the files that links between chapters lead to
    """
    runs = Runs(code_of)
    notes: list[str] = []

    def link(words: str, target: str) -> str:
        if target.endswith(".md") and not target.startswith("../"):
            target = target[: -len(".md")] + suffix
        return f"[{words}]({target})"

    def walk(blocks: list) -> Iterator[Words | Cell]:
        for block in blocks:
            if isinstance(block, Text):
                text = worded(block.text, lambda s, e, _: value(s, e), link, lambda name: "")
                if text.strip():
                    yield Words(text)
            elif isinstance(block, Box):
                yield Words(f"**{block.title}**")
                yield from walk(block.blocks)
            elif isinstance(block, Note):
                notes.append(" ".join(one.text for one in block.blocks if isinstance(one, Text)))
            elif isinstance(block, Code):
                yield from code(block)
            elif isinstance(block, Printed | Figure):
                yield from top(block.stem)
                if names := runs.hidden(block.stem, section_of(block.output)):
                    yield Cell(text_of(block.stem, names), shown=False)

    def top(stem: str) -> Iterator[Cell]:
        if code := runs.top(stem):
            yield Cell(code, shown=False)

    def code(block: Code) -> Iterator[Words | Cell]:
        stem, names = block.shown[0][0], [name for _, name in block.shown]
        yield from top(stem)
        new = runs.new(stem, names)
        for name in names:
            if name not in new:
                yield Words(f"```python\n{text_of(stem, [name])}\n```")
        if new:
            yield Cell(text_of(stem, new), shown=True)

    def text_of(stem: str, names: list[str]) -> str:
        return "\n\n".join(section_text(code_of(stem), name) for name in names)

    yield from walk(read_blocks(without_front_matter(page).splitlines()))
    for text in notes:
        yield Words(f"Source: {' '.join(text.split())}")
