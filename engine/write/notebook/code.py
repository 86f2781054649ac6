# SPDX-License-Identifier: MIT
"""Slice the code of snippets for the cells of notebooks."""

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
    """The imports and statements that cells depend on; texts and statements are keyed by file."""

    imports: list[str]
    texts: dict[Path, str]
    statements: dict[Path, set[Statement]]


class Code:
    """The slicer for all notebooks of a project, which reads each file only once."""

    def __init__(self, project: Project, snippets: Mapping[str, Snippet]) -> None:
        self.snippets = snippets
        self.slicer = Slicer(project.root, {s.path: s.text for s in snippets.values()})
        self.helpers = [project.snippet(stem) for stem in project.options.helpers]

    def piece(self, stem: str, names: Iterable[str]) -> str:
        """Return the code of sections without local imports."""
        code = self.slicer.code(self.snippets[stem].path, self.snippets[stem].named(names))
        return re.sub(r"\n{3,}(?!def |class |@)", "\n\n", code)  # left by removed imports

    def statements(self, sections: Iterable[tuple[str, str]]) -> set[Statement]:
        """Return the statements in sections, which are given as (stem, section)."""
        return {
            statement
            for stem, name in sections
            for statement in statements_in(
                self.slicer.read(self.snippets[stem].path), self.snippets[stem].named([name])
            )
        }

    def needed(self, stem: str, names: Iterable[str], expression: str = "") -> set[Statement]:
        """Return the other statements that sections, or an expression, depend on."""
        slice_ = Slice(self.slicer, Reach.NEEDED)
        path = self.snippets[stem].path
        if expression:
            slice_.add_expression(expression, [path, *self.helpers])
        else:
            slice_.add(path, self.snippets[stem].named(names))
        return set().union(*slice_.taken.values())

    def prerequisites(
        self,
        sections: Mapping[str, list[str]],
        expressions: Iterable[tuple[str, str]],
        without: Collection[Statement] = (),
    ) -> Prerequisites:
        """Return the dependencies of a notebook's cells that are in no cell.

        sections: the names of the sections in cells, by stem
        expressions: the expressions in cells, as (stem, expression)
        without: statements to leave out

        Raises CannotStandAlone if a name is bound nowhere.
        """
        slice_ = Slice(self.slicer, Reach.NEEDED)
        for stem, names in sections.items():
            slice_.add(self.snippets[stem].path, self.snippets[stem].named(names))
        for stem, expression in expressions:
            slice_.add_expression(expression, [self.snippets[stem].path, *self.helpers])
        shown = self.statements((stem, name) for stem, names in sections.items() for name in names)
        for taken in slice_.taken.values():
            taken -= shown.union(without)
        read = self.slicer.read
        texts = {path: slice_.text(path, read(path)) for path in slice_.files_in_order()}
        texts = {path: text for path, text in texts.items() if text}
        return Prerequisites(slice_.import_lines(), texts, slice_.taken)

    def between(self, given: Prerequisites, sections: Iterable[tuple[str, str]]) -> list[Statement]:
        """Return the given statements that depend on the sections, in order of their lines.

        They have to stand between cells.
        """
        shown = self.statements(sections)
        first: dict[Path, int] = {}
        for stem, name in sections:
            path = self.snippets[stem].path
            lines = [s.first for s in self.statements([(stem, name)])]
            first[path] = min([*lines, first.get(path, LAST_LINE)])
        dependent = []
        for path, statements in given.statements.items():
            for statement in statements:
                # A function of another file can be defined before the names that it uses.
                is_defined = isinstance(statement.node, DEFINITIONS)
                if statement.first > first.get(path, LAST_LINE if is_defined else 0):
                    needed = Slice(self.slicer, Reach.NEEDED)
                    needed.take_statement(path, statement)
                    if shown & set().union(*needed.taken.values()):
                        dependent.append(statement)
        return sorted(dependent, key=lambda statement: statement.first)
