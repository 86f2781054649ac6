# SPDX-License-Identifier: MIT
"""The code of snippets for the cells of notebooks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.model.build import Snippet
from engine.model.project import Project
from engine.model.snippet import LAST_LINE
from engine.programs.slicer import Reach, Slice, Slicer, statements_in
from engine.programs.statements import DEFINITIONS, Statement


@dataclass(frozen=True)
class Prerequisites:
    """What cells need from elsewhere: lines of imports, and statements by their file, in order."""

    imports: list[str]
    texts: dict[Path, str]
    statements: dict[Path, set[Statement]]


class Code:
    """Slices the snippets of a project. All notebooks share one: it reads each file once."""

    def __init__(self, project: Project, snippets: Mapping[str, Snippet]) -> None:
        self.snippets = snippets
        self.slicer = Slicer(project.root, {s.path: s.text for s in snippets.values()})
        self.helpers = [project.snippet(stem) for stem in project.options.helpers]

    def piece(self, stem: str, names: Iterable[str]) -> str:
        """Return the code of sections without local imports."""
        code = self.slicer.code(self.snippets[stem].path, self.snippets[stem].named(names))
        return re.sub(r"\n{3,}(?!def |class |@)", "\n\n", code)  # where an import is gone

    def statements(self, sections: Iterable[tuple[str, str]]) -> set[Statement]:
        """Return the statements in sections, each section given with its snippet."""
        return {
            statement
            for stem, name in sections
            for statement in statements_in(
                self.slicer.read(self.snippets[stem].path), self.snippets[stem].named([name])
            )
        }

    def needed(self, stem: str, names: Iterable[str], expression: str = "") -> set[Statement]:
        """Return the statements that sections, or an expression, need from elsewhere."""
        found = Slice(self.slicer, Reach.NEEDED)
        path = self.snippets[stem].path
        if expression:
            found.add_expression(expression, [path, *self.helpers])
        else:
            found.add(path, self.snippets[stem].named(names))
        return set().union(*found.taken.values())

    def prerequisites(
        self,
        sections: Mapping[str, list[str]],
        expressions: Iterable[tuple[str, str]],
        without: Collection[Statement] = (),
    ) -> Prerequisites:
        """Return what the cells of a notebook need that no cell shows.

        sections: the names of those that are cells, by snippet
        expressions: those that are cells, each with its snippet
        without: statements to leave out

        Raises CannotStandAlone where a name is bound nowhere.
        """
        found = Slice(self.slicer, Reach.NEEDED)
        for stem, names in sections.items():
            found.add(self.snippets[stem].path, self.snippets[stem].named(names))
        for stem, expression in expressions:
            found.add_expression(expression, [self.snippets[stem].path, *self.helpers])
        shown = self.statements((stem, name) for stem, names in sections.items() for name in names)
        for taken in found.taken.values():
            taken -= shown.union(without)
        read = self.slicer.read
        texts = {path: found.text(path, read(path)) for path in found.files_in_order()}
        texts = {path: text for path, text in texts.items() if text}
        return Prerequisites(found.import_lines(), texts, found.taken)

    def between(self, given: Prerequisites, sections: Iterable[tuple[str, str]]) -> list[Statement]:
        """Return those of the statements given that need what the sections do, in order.

        They cannot come before all cells.
        """
        shown = self.statements(sections)
        first: dict[Path, int] = {}
        for stem, name in sections:
            path = self.snippets[stem].path
            lines = [s.first for s in self.statements([(stem, name)])]
            first[path] = min([*lines, first.get(path, LAST_LINE)])
        found = []
        for path, statements in given.statements.items():
            for statement in statements:
                # A function of another file may stand above what it calls when it is called.
                is_defined = isinstance(statement.node, DEFINITIONS)
                if statement.first > first.get(path, LAST_LINE if is_defined else 0):
                    needed = Slice(self.slicer, Reach.NEEDED)
                    needed.place(path, statement)
                    if shown & set().union(*needed.taken.values()):
                        found.append(statement)
        return sorted(found, key=lambda statement: statement.first)
