# SPDX-License-Identifier: MIT
"""Evaluates the expressions that pages show of a snippet."""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import importlib
import json
import os
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.model.problem import shortened, visible
from engine.model.result import Job, SavedFile, Value
from engine.run import values
from engine.run.capture import take_figures
from engine.run.environment import digest

MAX_FILE = 1_000_000  # bytes of a file to download
MAX_LINES = 100_000  # characters; a page shows a few dozen lines


class Evaluator:
    """Evaluates expressions of one run.

    report: is called with the number of an expression before it is evaluated
    """

    def __init__(self, job: Job, namespace: dict[str, Any], report: Callable[[int], None]) -> None:
        self.job, self.namespace, self.report = job, namespace, report
        self.earlier: dict[tuple[str, str], Value] = {}  # by section and expression

    def after_section(self, section: str) -> None:
        """Note the values that a page shows below a section."""
        for expression in self.job.shown_after.get(section, {}):
            self.earlier[section, expression] = self.evaluate(expression)

    def evaluate_all(self) -> dict[str, Value]:
        """Return the value of each expression; one that differs when evaluated twice is an error.

        A run that is itself the second of a proof leaves this to the first.
        """
        expressions = list(self.job.expressions)
        first = {expression: self.evaluate(expression) for expression in expressions}
        again = [] if self.job.proof else expressions
        second = {expression: self.evaluate(expression) for expression in again}
        differing = [one for one in again if first[one] != second[one]]
        if differing:
            blamed = [one for one in expressions if in_fork(partial(self.changes, one, [one]))]
            if not blamed:
                by_others = (partial(self.changes, one, differing) for one in expressions)
                blamed = [e for e, ask in zip(expressions, by_others, strict=True) if in_fork(ask)]
            for expression in blamed or differing:
                error = (
                    "has a different value when evaluated twice (is it random?). Assign it to a "
                    "variable in the snippet and show that variable"
                )
                if expression not in differing:
                    error = (
                        f"changes {{{{ {self.job.stem}: {differing[0]} }}}}, which pages show too. "
                        f"Let the snippet make the change, or work on a copy"
                    )
                first[expression] = Value(error=error)
        for (section, expression), earlier in self.earlier.items():
            value, where = first[expression], self.job.shown_after[section][expression]
            if earlier.error is None and value.error is None and earlier != value:
                error = (
                    f'{where} shows it below section "{section}", where it is {short(earlier)}, '
                    f"but at the end of the snippet it is {short(value)}. Give the two values "
                    f"names of their own"
                )
                first[expression] = Value(error=error)
        return first

    def changes(self, expression: str, others: list[str]) -> bool:
        """Return whether the evaluation of an expression changes the value of others."""
        before = [self.evaluate(one) for one in others]
        self.evaluate(expression)
        return before != [self.evaluate(one) for one in others]

    def evaluate(self, expression: str) -> Value:
        """Return the value of an expression, or the error that it ends with."""
        self.report(list(self.job.expressions).index(expression))
        try:
            value = eval(expression, self.names_for(expression))
            prefix = f"{self.job.stem}.{digest(expression.encode())[:8]}".replace("/", ".")
            figures = take_figures(prefix)
            return forms_of(value, expression, tuple(figure for _, figure in figures))
        except BaseException as error:  # a problem of the line that asks, whatever it is
            from matplotlib import pyplot

            pyplot.close("all")
            message = "".join(traceback.format_exception_only(error)).strip()
            return Value(error=shortened(message))

    def names_for(self, expression: str) -> dict[str, Any]:
        """Return the names of the snippet, and those that helper modules add for an expression."""
        names = dict(self.namespace)
        used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        missing = used - names.keys() - vars(builtins).keys()
        for path in self.job.helpers if missing else []:
            module = Path(path).relative_to(self.job.root).with_suffix("").as_posix()
            helper = vars(importlib.import_module(module.replace("/", ".")))
            names.update({name: helper[name] for name in missing & helper.keys()})
        return names


def forms_of(value: Any, expression: str, figures: tuple[Any, ...]) -> Value:
    """Return a value in each form that it has.

    Raises ValueError if it has none.
    """
    if isinstance(value, Path):
        return Value(values.inline(value.name), file=saved_file(value))
    if data := values.data(value):
        return Value(data=data)
    lines = lines_of(value)
    table = values.table(value, expression)
    try:
        return Value(values.inline(value), table, lines, figures)
    except ValueError as error:
        if lines is None and table is None and not figures:
            raise
        return Value(None, table, lines, figures, unfit=str(error))


def saved_file(path: Path) -> SavedFile:
    """Return the file at a path, which has to lie in the folder that the snippet runs in.

    Raises ValueError if it does not, or if the file is too large.
    """
    if not path.resolve().is_relative_to(Path.cwd()):
        raise ValueError(f"{path} is not in the folder that the snippet runs in: write it there")
    if (size := path.stat().st_size) > MAX_FILE:
        raise ValueError(f"{path} has {size} bytes, and {MAX_FILE} may be downloaded")
    return SavedFile(path.name, base64.b64encode(path.read_bytes()).decode())


def lines_of(value: Any) -> str | None:
    """Return a text, or a list of lines, as it is printed; None for any other value."""
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) for one in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        return None
    if len(value) > MAX_LINES:
        raise ValueError(f"{len(value)} characters are too many for a page ({MAX_LINES} may be)")
    return visible(value)


def short(value: Value) -> str:
    return shortened(value.text or value.lines or "another one", 60)


def in_fork(ask: Callable[[], bool]) -> bool:
    """Return what `ask` returns in a copy of this process, which its effects do not outlive."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            os.write(writing, json.dumps(ask()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer == b"true"
