# SPDX-License-Identifier: MIT
"""Turns a shown piece of a snippet into a program that runs wherever it is pasted.

The piece is sliced back over the names that it uses: every statement that it needs, from its own
file and from the local files that this imports, comes before it, and nothing else does. (The idea:
Mark Weiser, "Program Slicing", IEEE Transactions on Software Engineering, 1984.)
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.model.snippet import Section
from engine.read.snippet import MARKER
from engine.read.syntax import first_line, statements

END = 1 << 30  # a line after every other
BUILTINS = {*dir(builtins), "__name__", "__file__", "__doc__"}
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ASSIGNMENTS = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr | ast.For
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class CannotStandAlone(Exception):
    """Raised where a piece cannot be made a program; says which name is missing, and where."""


@dataclass(frozen=True)
class Slice:
    """A program in its three parts; `piece` is what the page shows, but for local imports."""

    imports: str
    earlier: str
    piece: str

    def __str__(self) -> str:
        return "\n\n".join(part for part in (self.imports, self.earlier, self.piece) if part) + "\n"


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a file, with the comment above it.

    binds: names it gives a value; uses: names it needs at once; later: names that a function in it
    needs when it is called; changes: names whose value it may edit in place
    """

    node: ast.stmt
    text: str
    first: int
    last: int
    binds: frozenset[str]
    uses: frozenset[str]
    later: frozenset[str]
    changes: frozenset[str]


Files = dict[Path, list[Statement]]


def slice_of(path: Path, root: Path, shown: list[Section], files: Files | None = None) -> Slice:
    """What the sections `shown` of the file at `path` need to run alone.

    root: the folder that local imports start from.
    files: those read so far; shared between calls, each file is read once
    Raises CannotStandAlone where a name is bound nowhere, or means two things.
    """
    return Slicer(root, {} if files is None else files).slice(path, shown)


@dataclass
class Slicer:
    root: Path
    files: Files = field(default_factory=dict)
    order: list[Path] = field(default_factory=list)  # files, as they were first needed
    needs: dict[Path, dict[Path, None]] = field(default_factory=dict)  # the files a file takes from
    taken: dict[Path, set[int]] = field(default_factory=dict)  # first lines of needed statements
    imports: dict[str, list[str]] = field(default_factory=dict)  # name -> the lines that import it
    aliases: dict[Path, list[str]] = field(default_factory=dict)

    def slice(self, path: Path, shown: list[Section]) -> Slice:
        file = self.read(path)
        piece = [s for s in file if any(x.start < s.first and s.last < x.end for x in shown)]
        bound: set[str] = set()
        for statement in piece:
            if is_local(statement.node, path, self.root):
                continue  # what it imports is taken where it is used
            self.check_imports(path, statement)
            for name in self.ordered(path, (statement.uses - bound) | statement.later):
                if not self.bound_in(piece, name, statement, path):
                    is_below = name in statement.later and not self.is_bound(path, name, statement)
                    self.take(path, name, END if is_below else statement.first)
            bound |= statement.binds
        for statement in piece:
            self.taken.get(path, set()).discard(statement.first)
        self.check_meanings(piece, path)
        lines = in_order_of_imports(set().union(*self.imports.values()))
        files = [*(p for p in self.files_in_order() if p != path), path]
        first = {s.text for one in files for s in self.read(one) if is_of_future(s.node)}
        texts = [self.text_of(one) for one in files]
        shown_text = self.shown_text(path, piece, shown)
        imports = "\n".join([*sorted(first), *lines])
        return Slice(imports, "\n\n".join(filter(None, texts)), shown_text)

    def bound_in(self, piece: list[Statement], name: str, user: Statement, path: Path) -> bool:
        """Whether the piece itself binds a name before it is used, other than by a local import."""
        return any(
            name in s.binds and not is_local(s.node, path, self.root)
            for s in piece
            if s.first < user.first or name in user.later
        )

    def is_bound(self, path: Path, name: str, user: Statement) -> bool:
        """Whether a file binds a name above the statement that uses it."""
        return any(name in s.binds for s in self.read(path) if s.first < user.first)

    def files_in_order(self) -> list[Path]:
        """The files whose statements are needed, each after those that it takes from."""
        placed: list[Path] = []
        seen: set[Path] = set()

        def visit(one: Path) -> None:
            if one not in seen:
                seen.add(one)
                for needed in self.needs.get(one, {}):
                    visit(needed)
                placed.append(one)

        for one in [*self.order, *self.needs]:
            visit(one)
        return placed

    def read(self, path: Path) -> list[Statement]:
        if path not in self.files:
            self.files[path] = list(read_statements(path.read_text("utf-8-sig")))
        return self.files[path]

    def take(self, path: Path, name: str, before: int) -> None:
        """Takes all that gives `name` its value just before a line of a file."""
        file = self.read(path)
        earlier = [s for s in file if s.first < before]
        binding = next((s for s in reversed(earlier) if name in s.binds), None)
        if binding is None:
            where = path.relative_to(self.root).as_posix()
            what = f'the name "{name}" is bound nowhere in {where}'
            if star := next((s.first for s in file if "*" in s.binds), None):
                what = f'"{name}" is named nowhere: {where}:{star} imports *; name it there'
            raise CannotStandAlone(what)
        if isinstance(binding.node, ast.Import | ast.ImportFrom):
            for one in [binding, *(s for s in earlier if adds_to(s.node, name))]:
                for alias in one.node.names:
                    if name_of(alias) == name:
                        self.take_import(path, one.node, alias)
        else:
            self.place(path, binding)
        for statement in earlier:
            if statement.first > binding.first and name in statement.changes:
                self.place(path, statement)

    def place(self, path: Path, statement: Statement) -> None:
        taken = self.taken.setdefault(path, set())
        if statement.first in taken:
            return
        taken.add(statement.first)
        self.check_imports(path, statement)
        for name in self.ordered(path, statement.uses):
            self.take(path, name, statement.first)
        for name in self.ordered(path, statement.later):
            self.take(path, name, END)
        if path not in self.order:
            self.order.append(path)

    def ordered(self, path: Path, names: Iterable[str]) -> list[str]:
        """Names in the order in which the file binds them, so that a program reads as it does."""
        first = {name: s.first for s in reversed(self.read(path)) for name in s.binds}
        return sorted(set(names) - BUILTINS, key=lambda name: (first.get(name, END), name))

    def take_import(self, path: Path, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> None:
        name = name_of(alias)
        local = local_file(node, alias.name, path, self.root)
        renamed = f" as {alias.asname}" if alias.asname else ""
        if local is None:
            line = f"import {alias.name}{renamed}"
            if isinstance(node, ast.ImportFrom):
                line = f"from {node.module} import {alias.name}{renamed}"
            lines = self.imports.setdefault(name, [])
            if lines and line not in lines:
                parts = re.compile(rf"import {name}(\.\w+)*")
                if not all(map(parts.fullmatch, [*lines, line])):
                    raise CannotStandAlone(f'"{name}" is both "{lines[0]}" and "{line}"')
            lines.append(line)
            return
        if isinstance(node, ast.Import) or local == module_file(node, alias.name, path, self.root):
            where = f"{path.relative_to(self.root).as_posix()}:{node.lineno}"
            raise CannotStandAlone(
                f'"{name}" is a whole local module ({where}): import the names you use from it'
            )
        self.needs.setdefault(path, {})[local] = None
        self.take(local, alias.name, END)
        if renamed:
            line = f"{alias.asname} = {alias.name}"
            kept = self.aliases.setdefault(path, [])
            kept += [line] if line not in kept else []

    def check_imports(self, path: Path, statement: Statement) -> None:
        """A local import inside a function would be left in the program, which is without it."""
        if "import" not in statement.text:
            return
        for node in ast.walk(statement.node):
            if is_import(node) and is_local(node, path, self.root):
                where = f"{path.relative_to(self.root).as_posix()}:{node.lineno}"
                what = "imports a local file inside of a statement: import it at the top"
                raise CannotStandAlone(f"{where} {what}")

    def check_meanings(self, piece: list[Statement], path: Path) -> None:
        """A name that two files bind would have one value where the snippet has two."""
        meanings: dict[str, str] = {}
        bindings = [
            (name, file)
            for file, lines in self.taken.items()
            for statement in self.files[file]
            if statement.first in lines
            for name in statement.binds
        ]
        own = [(n, path) for s in piece if not is_import(s.node) for n in s.binds]
        for name, file in [*bindings, *own]:
            where = file.relative_to(self.root).as_posix()
            if meanings.setdefault(name, where) != where:
                raise CannotStandAlone(
                    f'the name "{name}" means one thing in {meanings[name]} and another in {where}'
                )

    def text_of(self, path: Path) -> str:
        """The needed statements of a file in their order, spaced as they are in it."""
        lines = self.taken.get(path, set())
        parts: list[str] = []
        previous = None
        for statement in self.read(path):
            if statement.first not in lines:
                continue
            if previous is not None:
                parts.append("\n" * (blank_lines(previous, statement) + 1))
            parts.append(statement.text)
            previous = statement
        return "\n".join([*filter(None, ["".join(parts)]), *self.aliases.get(path, [])])

    def shown_text(self, path: Path, piece: list[Statement], shown: list[Section]) -> str:
        """The lines that the page shows, without markers and local imports."""
        gone = {
            line
            for statement in piece
            if is_local(statement.node, path, self.root) or is_of_future(statement.node)
            for line in range(statement.first, statement.last + 1)
        }
        source = path.read_text("utf-8-sig").split("\n")
        parts = []
        for section in shown:
            inside = list(enumerate(source, start=1))[section.start : section.end - 1]
            lines = [line for n, line in inside if n not in gone and not MARKER.search(line)]
            parts.append(textwrap.dedent("\n".join(lines)).strip("\n"))
        return "\n\n".join(filter(None, parts))


def read_statements(source: str) -> Iterator[Statement]:
    lines = source.split("\n")
    previous = 0
    for node in statements(ast.parse(source)):
        first, last = first_line(node), node.end_lineno or node.lineno
        start = first
        while start - 1 > previous and is_comment(lines[start - 2]):
            start -= 1
        text = textwrap.dedent("\n".join(lines[start - 1 : last]))
        yield Statement(node, text, first, last, *map(frozenset, names_of(node)))
        previous = last


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and not MARKER.search(line) and "SPDX-" not in line


def is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def name_of(alias: ast.alias) -> str:
    """The name that an import binds: `import a.b` binds `a`."""
    return alias.asname or alias.name.split(".")[0]


def adds_to(node: ast.stmt, name: str) -> bool:
    """Whether it is `import name.part`, which gives a package that is known one more part."""
    return isinstance(node, ast.Import) and any(
        alias.asname is None and alias.name.startswith(f"{name}.") for alias in node.names
    )


def in_order_of_imports(lines: Iterable[str]) -> list[str]:
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def is_of_future(node: ast.stmt) -> bool:
    """Whether it is an import that must be the first of its program."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def blank_lines(one: Statement, two: Statement) -> int:
    """Two around a function or a class, as is usual; else one where the file has any."""
    if any(isinstance(s.node, ast.FunctionDef | ast.ClassDef) for s in (one, two)):
        return 2
    return 0 if two.first - two.text.count("\n") - one.last <= 1 else 1


def names_of(node: ast.stmt) -> tuple[set[str], set[str], set[str], set[str]]:
    """The names that a statement binds, uses at once, uses later, and may change."""
    binds: set[str] = set()
    uses: set[str] = set()
    later: set[str] = set()
    changes: set[str] = set()

    def visit(node: ast.AST, local: frozenset[str], inside: bool) -> None:
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            if not isinstance(node, ast.Lambda):
                if not inside:
                    binds.add(node.name)
                for decorator in node.decorator_list:
                    visit(decorator, local, inside)
            inner = local | own_names(node)
            if not isinstance(node, ast.ClassDef):
                for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
                    visit(default, local, inside)
                for annotation in annotations_of(node):
                    visit(annotation, local, True)
            for base in getattr(node, "bases", []):
                visit(base, local, inside)
            body = node.body if isinstance(node.body, list) else [node.body]
            for child in body:
                visit(child, inner, True)
            return
        if isinstance(node, COMPREHENSIONS):
            local = local | {
                n.id
                for generator in node.generators
                for n in ast.walk(generator.target)
                if isinstance(n, ast.Name)
            }
        if isinstance(node, ast.Import | ast.ImportFrom) and not inside:
            binds.update(map(name_of, node.names))
        if (name := name_bound_in(node)) and not inside:
            binds.add(name)
        if isinstance(node, ast.Name) and node.id not in local:
            if isinstance(node.ctx, ast.Store) and not inside:
                binds.add(node.id)
            elif inside:
                later.add(node.id)
            elif node.id not in binds:  # else the statement itself has bound it, as a loop does
                uses.add(node.id)
        if not inside and (name := changed_by(node)) and name not in local | binds:
            changes.add(name)
            uses.add(name)
        for child in in_order(node):
            visit(child, local, inside)

    visit(node, frozenset(), False)
    return binds, uses, later, changes


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in the order of their running: a value before the name it is given."""
    fields = node._fields
    if isinstance(node, ASSIGNMENTS):
        fields = sorted(fields, key=lambda name: name not in ("value", "iter"))
    for name in fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield item


def own_names(node: ast.AST) -> frozenset[str]:
    """The names that a function or a class binds for itself, and not in what it defines."""
    names: set[str] = set()
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.arg):
            names.add(inner.arg)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
        elif isinstance(inner, FUNCTIONS | ast.ClassDef):
            names |= set() if isinstance(inner, ast.Lambda) else {inner.name}
            continue
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            names.update(map(name_of, inner.names))
        elif name := name_bound_in(inner):
            names.add(name)
        waiting += ast.iter_child_nodes(inner)
    return frozenset(names)


def name_bound_in(node: ast.AST) -> str | None:
    """The name that an `except` or a pattern of a `match` binds without a node for it."""
    match node:
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
    return None


def annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.expr]:
    """What a function says of its arguments and of what it returns, which Python evaluates."""
    given = [one.annotation for one in ast.walk(function.args) if isinstance(one, ast.arg)]
    return [one for one in [*given, getattr(function, "returns", None)] if one]


def changed_by(node: ast.AST) -> str | None:
    """The name whose value a node may edit in place: `x[0] = 1`, `x += 1`, `model.train()`."""
    target: ast.AST | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        target = node
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        target = node.value.func if isinstance(node.value.func, ast.Attribute) else None
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def is_local(node: ast.stmt, path: Path, root: Path) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and any(
        local_file(node, alias.name, path, root) for alias in node.names
    )


def local_file(
    node: ast.Import | ast.ImportFrom, name: str, importer: Path, root: Path
) -> Path | None:
    """The local file that an import takes a name from, or None where it is not local."""
    if isinstance(node, ast.Import):
        base = root.joinpath(*name.split("."))
    else:
        base = folder_of(node, importer, root)
    module = module_file(node, name, importer, root)
    files = (base.with_suffix(".py"), module, base / "__init__.py")
    return next((file for file in files if file and file.is_file()), None)


def module_file(
    node: ast.Import | ast.ImportFrom, name: str, importer: Path, root: Path
) -> Path | None:
    """The local file that `from package import name` means, where `name` is a module."""
    if isinstance(node, ast.Import):
        return None
    base = folder_of(node, importer, root) / name
    files = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def folder_of(node: ast.ImportFrom, importer: Path, root: Path) -> Path:
    """What stands between `from` and `import`, as a path without an ending."""
    base = importer.parent if node.level else root
    for _ in range(node.level - 1):
        base = base.parent
    return base.joinpath(*(node.module or "").split("."))
