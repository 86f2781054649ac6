# SPDX-License-Identifier: MIT
"""Read the file in which a site lists its tensors, without running it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.model.tensors import Tensor

TABLES = ("COLORS", "PALETTE", "FORMULAS", "ALIASES")
HEX = re.compile(r"#[0-9a-f]{6}")


def tensors_of(project: Project) -> tuple[Tensor, ...]:
    """Return the tensors of a project."""
    path = project.snippet(project.options.tensors)
    return read_tensors(path, project.relative(path))


def read_tensors(path: Path, where: str) -> tuple[Tensor, ...]:
    """Return the tensors that a Python file lists, in order; () if there is no file.

    where: the path in messages

    Raises EngineError with every mistake in the file.
    """
    return tensors_in(path.read_text("utf-8-sig"), where) if path.is_file() else ()


@cache  # since MkDocs creates the Markdown extension again for each page
def tensors_in(text: str, where: str) -> tuple[Tensor, ...]:
    """Return the tensors that Python source lists.

    It assigns literal dictionaries: COLORS (name -> "C0" to "C9"), PALETTE (name -> the colors on
    light and on dark pages), and optionally FORMULAS (name -> LaTeX) and ALIASES (alias -> name).
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise EngineError([Problem(f"{where}:{line}", f"no Python: {error}")]) from error
    tables: dict[str, dict[Any, Any]] = {table: {} for table in TABLES}
    lines = dict.fromkeys(TABLES, 1)
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in TABLES:
                lines[name] = statement.lineno
                try:
                    tables[name] = dict(ast.literal_eval(value))
                except (TypeError, ValueError) as error:
                    message = f"{name} has to be a dictionary of literals: it is read, not run"
                    raise EngineError([Problem(f"{where}:{statement.lineno}", message)]) from error
    if problems := [Problem(f"{where}:{lines[t]}", message) for t, message in mistakes(tables)]:
        raise EngineError(problems)
    colors, palette, formulas, aliases = (tables[table] for table in TABLES)
    return tuple(
        Tensor(
            name,
            int(color[1]),
            palette[name][0],
            palette[name][1],
            formulas.get(name, ""),
            tuple(alias for alias, target in aliases.items() if target == name),
        )
        for name, color in colors.items()
    )


def mistakes(tables: dict[str, dict[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each mistake: the name of its table, and a message."""
    colors, palette, formulas, aliases = (tables[table] for table in TABLES)
    owners: dict[str, str] = {}  # of colors
    for name in [*colors, *aliases]:
        if not re.fullmatch(r"[^\W\d]\w*", str(name)):
            yield "COLORS" if name in colors else "ALIASES", f"{name!r} is no name of a variable"
    for name, color in colors.items():
        if not re.fullmatch(r"C\d", str(color)):
            yield "COLORS", f"{color!r} is no color of {name}: give it one of C0 to C9"
        elif color in owners:
            yield "COLORS", f"{name} and {owners[color]} are both {color}: give each its own color"
        owners[color] = name
        pair = palette.get(name, ())
        if len(pair) != 2 or not all(HEX.fullmatch(str(shade)) for shade in pair):
            yield (
                "PALETTE",
                f'{name} needs two colors, light and dark, such as ("#623c00", "#fac82c")',
            )
    for table, names in (
        ("PALETTE", palette),
        ("FORMULAS", formulas),
        ("ALIASES", aliases.values()),
    ):
        for name in names:
            if name not in colors:
                yield (
                    table,
                    f"{name!r} is not among COLORS, which names {', '.join(map(str, colors))}",
                )
