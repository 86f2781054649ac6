# SPDX-License-Identifier: MIT
"""Turn code that a page shows into a program that runs on its own.

This is program slicing (Mark Weiser, "Program Slicing", IEEE Transactions on Software Engineering,
1984): the program consists of the code and of the statements that it depends on, from its own file
and from the local files that this imports. Since no analysis of a dynamic language finds every
dependency, a slice has a `Reach`, and a proof decides whether a larger one is needed.
"""

import ast
import builtins
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from pathlib import Path

from engine.model.snippet import LAST_LINE, Section
from engine.programs.imports import Import, bound_name, is_local, local_file, local_module
from engine.programs.names import Names
from engine.programs.statements import DEFINITIONS, Output, Statement, code_of, read_statements

BUILTINS = {*dir(builtins), "__name__", "__file__", "__doc__"}
SILENCE = "with contextlib.redirect_stdout(io.StringIO()):  # the page shows this output elsewhere"


class CannotStandAlone(Exception):
    """Raised if code cannot be turned into a program; the message names the file and the name."""


class Reach(IntEnum):
    """The part of the code above a block in its program; each reach includes the one before."""

    NEEDED = 0  # statements that bind or change the names that the block uses
    FILE = 1  # all statements above the block, except those that only print or draw
    IMPORTED = 2  # all statements of the local files that it imports, too
    OUTPUT = 3  # statements that only print or draw, too, with their output suppressed


class Slicer:
    """The slicer of one project, which reads each file only once.

    root: the folder that local imports start from
    sources: the text of snippets as they ran, since their files may have changed
    """

    def __init__(self, root: Path, sources: Mapping[Path, str] | None = None) -> None:
        self.root = root
        self.sources = dict(sources or {})
        self.files: dict[Path, list[Statement]] = {}

    def source(self, path: Path) -> str:
        if path not in self.sources:
            self.sources[path] = path.read_text("utf-8-sig")
        return self.sources[path]

    def read(self, path: Path) -> list[Statement]:
        """Return the statements of a file; raise OSError, SyntaxError or ValueError."""
        if path not in self.files:
            self.files[path] = list(read_statements(self.source(path)))
        return self.files[path]

    def where(self, path: Path, line: int | None = None) -> str:
        """Return `file` or `file:line` for messages."""
        name = path.relative_to(self.root).as_posix()
        return name if line is None else f"{name}:{line}"

    def code(self, path: Path, sections: Collection[Section]) -> str:
        """Return the code of some sections without local imports and `__future__` imports."""
        statements = self.read(path)
        hidden = [s.node for s in statements if is_local(s.node, path, self.root) or s.is_of_future]
        parts = (code_of(self.source(path), section, hidden) for section in sections)
        return "\n\n".join(filter(None, parts))

    def program(
        self,
        path: Path,
        sections: Collection[Section],
        reach: Reach = Reach.NEEDED,
        printing: Collection[Section] = (),
        drawing: bool = False,
    ) -> str:
        """Return the program of some sections of a file.

        printing: the other sections that printed; drawing: whether any of them drew a figure

        Raises CannotStandAlone if a name is bound nowhere, or in two files.
        """
        slice_ = Slice(self, reach)
        slice_.add(path, sections, printing)
        return slice_.program(path, sections, drawing)

    def left_out(self, path: Path, sections: Collection[Section], reach: Reach) -> list[str]:
        """Return the lines above some sections that their program lacks, with the changed names."""
        slice_ = Slice(self, reach)
        slice_.add(path, sections)
        return [
            f"{self.where(path, s.first)}, which changes {', '.join(names)}"
            for s in slice_.above(path)
            if s not in slice_.taken.get(path, ()) and not s.output and not s.is_import
            if (names := [f'"{name}"' for name in sorted(s.names.binds | s.names.changes)])
        ]


class Slice:
    """The statements and imports that some code depends on, collected step by step."""

    def __init__(self, slicer: Slicer, reach: Reach) -> None:
        self.slicer, self.root, self.read = slicer, slicer.root, slicer.read
        self.reach = reach
        self.limits: dict[Path, int] = {}  # index of the statement after the shown code
        self.shown: dict[Path, list[Statement]] = {}  # the code on the page
        self.printing: set[Statement] = set()  # statements in sections that printed
        self.taken: dict[Path, set[Statement]] = {}  # the statements that the program adds
        self.order: list[Path] = []  # files in the order in which they were first needed
        self.whole: set[Path] = set()  # files that `take_all` has taken
        self.needs: dict[Path, dict[Path, None]] = {}  # the files that a file imports names from
        self.imports: dict[str, list[str]] = {}  # by name, the lines that import it from a package
        self.aliases: dict[Path, list[str]] = {}  # assignments that replace `from … import a as b`

    # Collect dependencies

    def add(
        self, path: Path, sections: Collection[Section], printing: Collection[Section] = ()
    ) -> None:
        """Take the dependencies of sections of a file, according to the reach."""
        shown = statements_in(self.read(path), sections)
        self.shown.setdefault(path, []).extend(shown)
        self.printing.update(statements_in(self.read(path), printing))
        self.limits[path] = max((s.index for s in shown), default=-1) + 1
        bound: set[str] = set()
        statements = [s for s in shown if not is_local(s.node, path, self.root)]
        for statement in statements:  # names of a local import are taken where they are used
            self.check_imports(path, statement)
            names = statement.names
            for name in self.in_order_of_binding(path, names.uses - bound):
                self.take_name(path, name, statement.index)
            for name in self.in_order_of_binding(path, names.later):
                if not any(name in s.names.binds for s in statements):
                    self.take_name(path, name, self.limits[path], later=True)
            bound |= names.binds
        if self.reach >= Reach.FILE:
            self.take_all(path)

    def add_expression(self, expression: str, files: Sequence[Path]) -> None:
        """Take the dependencies of an expression, each name from the first file that binds it."""
        names = Names.of(ast.parse(expression).body[0])
        for name in sorted((names.uses | names.later) - BUILTINS):
            binding = (f for f in files if any(name in s.names.binds for s in self.read(f)))
            self.take_name(next(binding, files[0]), name, LAST_LINE)

    def take_all(self, path: Path) -> None:
        """Take the imports of a file, and all statements above the code that is shown."""
        if path in self.whole:
            return
        self.whole.add(path)
        for statement in self.above(path):
            if not isinstance(statement.node, ast.Import | ast.ImportFrom):
                has_effects = statement.calls or statement not in self.printing
                if not statement.output or (self.reach >= Reach.OUTPUT and has_effects):
                    self.take_statement(path, statement)
                continue
            for alias in statement.node.names:
                file = local_file(statement.node, alias.name, path, self.root)
                if file is None:
                    self.take_import(path, statement.node, alias)
                elif alias.name == "*" or self.reach >= Reach.IMPORTED:
                    self.needs.setdefault(path, {})[file] = None
                    self.take_all(file)

    def above(self, path: Path) -> list[Statement]:
        """Return the statements of a file that run before the shown code."""
        limit = self.limits.get(path)
        if limit is None:
            return [s for s in self.read(path) if not s.guarded]
        return [s for s in self.read(path)[:limit] if s not in self.shown[path]]

    def take_name(self, path: Path, name: str, before: int, later: bool = False) -> None:
        """Take the statements that bind or change `name` before the statement with index `before`.

        later: whether `name` may also be bound after it, like a function that another one calls
        """
        statements = self.read(path)
        bindings = [s for s in statements if name in s.names.binds]
        above = [s for s in bindings if s.index < before]
        if later and not above:
            above, before = bindings, len(statements)
        if not above:
            # With a larger reach, the name may come from `exec` or from `import *`.
            if name not in BUILTINS and self.reach < Reach.FILE:
                self.raise_unbound(path, name)
            return
        for binding in reversed(above):
            self.take_binding(path, binding, name)
            if not binding.is_conditional:
                break
        for statement in statements:
            if binding.index < statement.index < before and name in statement.names.changes:
                hides = Output.DRAWS if binding.is_import else Output.PRINTS
                if statement.output < hides:
                    self.take_statement(path, statement)

    def raise_unbound(self, path: Path, name: str) -> None:
        where = self.slicer.where
        for statement in self.read(path):
            if "*" in statement.names.binds:
                place = where(path, statement.first)
                message = f'"{name}" is named nowhere: {place} imports *; name it there'
                raise CannotStandAlone(message)
        raise CannotStandAlone(f'the name "{name}" is bound nowhere in {where(path)}')

    def take_binding(self, path: Path, binding: Statement, name: str) -> None:
        if not isinstance(binding.node, ast.Import | ast.ImportFrom):
            self.take_statement(path, binding)
            return
        for statement in [binding, *(s for s in self.read(path) if adds_part(s.node, name))]:
            node = statement.node
            assert isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names:
                if bound_name(alias) == name:
                    self.take_import(path, node, alias)

    def take_statement(self, path: Path, statement: Statement) -> None:
        """Take a statement and its dependencies."""
        taken = self.taken.setdefault(path, set())
        if statement in taken or statement in self.shown.get(path, ()):
            return
        taken.add(statement)
        self.check_imports(path, statement)
        for name in self.in_order_of_binding(path, statement.names.uses):
            self.take_name(path, name, statement.index)
        for name in self.in_order_of_binding(path, statement.names.later):
            self.take_name(path, name, self.limits.get(path, len(self.read(path))), later=True)
        if path not in self.order:
            self.order.append(path)

    def take_import(self, path: Path, node: Import, alias: ast.alias) -> None:
        name = bound_name(alias)
        local = local_file(node, alias.name, path, self.root)
        renamed = f" as {alias.asname}" if alias.asname else ""
        if local is None:
            line = f"import {alias.name}{renamed}"
            if isinstance(node, ast.ImportFrom):
                line = f"from {node.module} import {alias.name}{renamed}"
            lines = self.imports.setdefault(name, [])
            if lines and line not in lines and name != "*":
                parts = re.compile(rf"import {name}(\.\w+)*")
                if not all(map(parts.fullmatch, [*lines, line])):
                    raise CannotStandAlone(f'"{name}" is both "{lines[0]}" and "{line}"')
            lines.append(line)
            return
        if local == local_module(node, alias.name, path, self.root):
            where = self.slicer.where(path, node.lineno)
            raise CannotStandAlone(
                f'"{name}" is a whole local module ({where}): import the names you use from it'
            )
        self.needs.setdefault(path, {})[local] = None
        self.take_name(local, alias.name, len(self.read(local)))
        if renamed:
            line = f"{alias.asname} = {alias.name}"
            lines = self.aliases.setdefault(path, [])
            lines += [line] if line not in lines else []

    def check_imports(self, path: Path, statement: Statement) -> None:
        """Raise CannotStandAlone for a local import inside a statement, which cannot be removed."""
        if statement.is_import or "import" not in statement.text:
            return
        for node in ast.walk(statement.node):
            if is_local(node, path, self.root):
                where = self.slicer.where(path, getattr(node, "lineno", statement.first))
                message = "imports a local file inside of a statement: import it at the top"
                raise CannotStandAlone(f"{where} {message}")

    def check_meanings(self, path: Path) -> None:
        """Raise CannotStandAlone for a name that two files bind: a program has only one of it."""
        owners: dict[str, Path] = {}
        shown = [(path, s) for s in self.shown[path] if not s.is_import]
        taken = [(file, s) for file, statements in self.taken.items() for s in statements]
        for file, statement in [*taken, *shown]:
            for name in sorted(statement.names.binds):
                if owners.setdefault(name, file) != file:
                    first, second = sorted(map(self.slicer.where, (owners[name], file)))
                    message = f'"{name}" means one thing in {first} and another in {second}'
                    raise CannotStandAlone(f"the name {message}")

    def in_order_of_binding(self, path: Path, names: Iterable[str]) -> list[str]:
        """Return names in the order in which a file first binds them."""
        index = {name: s.index for s in reversed(self.read(path)) for name in s.names.binds}
        return sorted(names, key=lambda name: (index.get(name, sys.maxsize), name))

    # Write the program

    def program(self, path: Path, sections: Collection[Section], drawing: bool) -> str:
        """Return the text of the program that shows sections of a file."""
        self.check_meanings(path)
        texts = [self.text(file, self.read(file)) for file in self.files_in_order() if file != path]
        rest = self.read(path)
        silent = self.reach >= Reach.OUTPUT
        starts = [section.start for section in sections]
        if self.reach > Reach.NEEDED and starts == sorted(starts):
            end = max(section.end for section in sections)
            below = [s for s in rest if s.first > end]
            for number, section in enumerate(sections):
                above = [s for s in rest if s.first < section.start]
                text = self.text(path, [*above, *([] if number else below)], not number)
                texts += [text, 'pyplot.close("all")' if silent and drawing and text else ""]
                texts.append(self.slicer.code(path, [section]))
                rest = [s for s in rest if s.first > section.end]
        else:
            texts += [self.text(path, rest), self.slicer.code(path, sections)]
        lines = set(self.import_lines())
        if any(SILENCE in text for text in texts):
            lines |= {"import contextlib", "import io"}
        if 'pyplot.close("all")' in texts:
            lines.add("from matplotlib import pyplot")
        return "\n\n".join(filter(None, ["\n".join(in_order_of_imports(lines)), *texts])) + "\n"

    def text(self, path: Path, statements: Iterable[Statement], aliases: bool = True) -> str:
        """Return the source of the statements that are taken, spaced as in their file."""
        parts = self.aliases.get(path, []) if aliases else []
        text = ""
        previous = None
        was_silenced = False
        for statement in statements:
            if statement not in self.taken.get(path, ()):
                continue
            has_all = self.reach >= Reach.OUTPUT
            is_silenced = has_all and statement.calls and statement in self.printing
            if previous:
                text += "\n" * (blank_lines(previous, statement) + 1)
            if is_silenced and not was_silenced:
                text += f"{SILENCE}\n"
            source = statement.text if has_all else statement.quiet
            text += textwrap.indent(source, "    ") if is_silenced else source
            was_silenced, previous = is_silenced, statement
        return "\n".join(filter(None, [*parts, text]))

    def import_lines(self) -> list[str]:
        files = self.files_in_order()
        future = {s.text for file in files for s in self.read(file) if s.is_of_future}
        return in_order_of_imports(future.union(*self.imports.values()))

    def files_in_order(self) -> list[Path]:
        """Return the files of the slice, each after those that it imports names from."""
        in_order: list[Path] = []
        visited: set[Path] = set()

        def visit(file: Path) -> None:
            if file not in visited:
                visited.add(file)
                for needed in self.needs.get(file, {}):
                    visit(needed)
                in_order.append(file)

        for file in [*self.order, *self.needs, *self.limits]:
            visit(file)
        return in_order


def statements_in(
    statements: Iterable[Statement], sections: Collection[Section]
) -> list[Statement]:
    """Return the statements inside the sections."""
    return [s for s in statements if any(x.start < s.first and s.last < x.end for x in sections)]


def adds_part(node: ast.stmt, name: str) -> bool:
    """Return whether a node is `import name.part`, which also binds `name`."""
    return isinstance(node, ast.Import) and any(
        alias.asname is None and alias.name.startswith(f"{name}.") for alias in node.names
    )


def in_order_of_imports(lines: Iterable[str]) -> list[str]:
    def order(line: str) -> tuple[bool, bool, str]:
        return "__future__" not in line, line.startswith("from"), line

    return sorted(set(lines), key=order)


def blank_lines(first: Statement, second: Statement) -> int:
    """Return 2 around a function or class, else 1 if the file has blank lines there, else 0."""
    if any(isinstance(s.node, DEFINITIONS) for s in (first, second)):
        return 2
    return int(second.start > first.last + 1)
