# SPDX-License-Identifier: MIT
"""Read the statements of a file: their text, their names, and whether they only print or draw."""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from engine.model.snippet import Section
from engine.programs.names import Names, names_in, root_name
from engine.read.snippet import MARKER
from engine.read.syntax import first_line, statements

CONDITIONAL = ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar | ast.Match
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PRINTERS = {"print", "pprint", "display"}
LOGGERS = {"debug", "info", "warning", "error", "critical", "exception", "pprint"}
# Attributes of pyplot that draw nothing, but change the settings for later drawings.
SETTINGS = {"rcParams", "rc", "rcdefaults", "style", "set_cmap", "switch_backend", "xkcd"}


class Output(IntEnum):
    """The output of a statement that only prints or draws."""

    NONE = 0
    DRAWS = 1
    PRINTS = 2


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the top level of a file, or in its main guard.

    index: its position in the file
    text: its source, with the comment above it
    quiet: its source without the statements inside it that only print
    start: the first line of its text
    first, last: its lines, without that comment
    output: whether it only prints or draws
    guarded: whether it stands in the main guard
    """

    node: ast.stmt
    index: int
    text: str
    quiet: str
    start: int
    first: int
    last: int
    output: Output
    guarded: bool

    @cached_property
    def names(self) -> Names:
        """The names that it binds, uses and changes; may raise SyntaxError."""
        return Names.of(self.node)

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_conditional(self) -> bool:
        """Whether it may run without binding its names, like the body of an `if`."""
        return isinstance(self.node, CONDITIONAL)

    @property
    def is_of_future(self) -> bool:
        """Whether it is a `__future__` import, which must come first in a program."""
        return isinstance(self.node, ast.ImportFrom) and self.node.module == "__future__"

    @property
    def calls(self) -> bool:
        """Whether it calls a function when it runs, apart from its own call of `print`."""
        if isinstance(self.node, DEFINITIONS):
            return False
        printing = getattr(self.node, "value", None) if self.output == Output.PRINTS else None
        calls = (node for node in ast.walk(self.node) if isinstance(node, ast.Call))
        return any(call is not printing for call in calls)


def read_statements(source: str) -> Iterator[Statement]:
    """Yield the statements of a file in order; may raise SyntaxError or ValueError."""
    lines = source.split("\n")
    tree = ast.parse(source)
    nodes = statements(tree)
    top = set(map(id, tree.body))
    drawing = drawing_names(nodes)
    previous = 0
    for index, node in enumerate(nodes):
        first, last = first_line(node), node.end_lineno or node.lineno
        start = first
        while start - 1 > previous and is_comment(lines[start - 2]):
            start -= 1
        source_lines = lines[start - 1 : last]
        if index + 1 < len(nodes) and first_line(nodes[index + 1]) == last:
            source_lines[-1] = source_lines[-1].encode()[: node.end_col_offset].decode()
        if first == previous:  # `a = 1; b = 2`
            rest = source_lines[0].encode()[node.col_offset :].decode()
            source_lines[0] = " " * node.col_offset + rest
        text = textwrap.dedent("\n".join(source_lines))
        quiet = dict(enumerate(source_lines, start))
        remove_printing(node, quiet)
        yield Statement(
            node,
            index,
            text,
            textwrap.dedent("\n".join(quiet.values())),
            start,
            first,
            last,
            output_of(node, drawing),
            id(node) not in top,
        )
        previous = last


def code_of(source: str, section: Section, without: Iterable[ast.stmt] = ()) -> str:
    """Return the code of a section, dedented and without markers.

    without: imports to leave out, together with surplus blank lines
    """
    hidden = {
        n for node in without for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = list(enumerate(source.split("\n"), start=1))[section.start : section.end - 1]
    kept = [line for n, line in lines if n not in hidden and not MARKER.search(line)]
    code = textwrap.dedent("\n".join(kept))
    if not hidden.isdisjoint(n for n, _ in lines):
        code = re.sub(r"\n{3,}(?!def |class |@)", "\n\n", code)
    return code.strip("\n")


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and not MARKER.search(line) and "SPDX-" not in line


def output_of(node: ast.stmt, drawing: set[str]) -> Output:
    """Return whether a statement only prints or draws.

    drawing: the names of pyplot, and of figures and axes
    """
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name), keywords=keywords)):
            to_file = any(keyword.arg == "file" for keyword in keywords)
            return Output.PRINTS if name in PRINTERS and not to_file else Output.NONE
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            called = ast.unparse(function).split(".")
            if called[-1] in LOGGERS or called[:2] in (["sys", "stdout"], ["sys", "stderr"]):
                return Output.PRINTS
            draws = root_name(function) in drawing and not SETTINGS & set(called)
            return Output.DRAWS if draws else Output.NONE
        case ast.Assign(value=ast.Call(func=function)) if root_name(function) in drawing:
            return Output.DRAWS
        case ast.If() | ast.For() | ast.While() | ast.With():
            suite = [*node.body, *getattr(node, "orelse", [])]
            return min(output_of(child, drawing) for child in suite)
    return Output.NONE


def drawing_names(nodes: Iterable[ast.stmt]) -> set[str]:
    """Return the names of pyplot, and of figures and axes that it created."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Import(names=aliases):
                names.update(a.asname for a in aliases if a.asname and a.name.endswith(".pyplot"))
            case ast.ImportFrom(names=aliases, module="matplotlib"):
                names.update(a.asname or a.name for a in aliases if a.name == "pyplot")
            case ast.Assign(value=ast.Call(func=function)) if root_name(function) in names:
                names.update(names_in(node.targets))
            case ast.For(iter=values) if names_in([values]) & names:
                names.update(names_in([node.target]))
    return names


def remove_printing(node: ast.stmt, lines: dict[int, str]) -> None:
    """Delete the lines of those statements inside a compound statement that only print."""
    if isinstance(node, DEFINITIONS):
        return
    for part in [node, *getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        for suite in (getattr(part, name, []) for name in ("body", "orelse", "finalbody")):
            printing = [child for child in suite if output_of(child, set()) == Output.PRINTS]
            for child in suite:
                first, last = child.lineno, child.end_lineno or child.lineno
                if child not in printing:
                    remove_printing(child, lines)
                elif not lines[first][: child.col_offset].strip():
                    is_all = len(printing) == len(suite) and child is printing[0]
                    if is_all:
                        lines[first] = " " * child.col_offset + "pass"
                    for line in range(first + is_all, last + 1):
                        del lines[line]
