# SPDX-License-Identifier: MIT
"""Evaluate the expressions that pages show of a snippet."""

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

from engine.model.problem import did_you_mean, shortened, visible
from engine.model.result import Job, SavedFile, Value
from engine.run import values
from engine.run.capture import take_figures
from engine.run.environment import digest

MAX_FILE = 1_000_000  # bytes of a file that readers can download
MAX_LINES = 100_000  # characters; pages show a few dozen lines


class Evaluator:
    """Evaluator of the expressions of one run.

    report: called with the index of an expression before it is evaluated
    """

    def __init__(self, job: Job, namespace: dict[str, Any], report: Callable[[int], None]) -> None:
        self.job, self.namespace, self.report = job, namespace, report
        self.earlier: dict[tuple[str, str], Value] = {}  # by section and expression

    def after_section(self, section: str) -> None:
        """Evaluate the expressions that a page shows below a section."""
        for expression in self.job.shown_after.get(section, {}):
            self.earlier[section, expression] = self.evaluate(expression)

    def evaluate_all(self) -> dict[str, Value]:
        """Return the value of each expression, or an error if a second evaluation differs.

        In the second worker of a proof, expressions are evaluated only once.
        """
        expressions = list(self.job.expressions)
        first = {expression: self.evaluate(expression) for expression in expressions}
        again = [] if self.job.proof else expressions
        second = {expression: self.evaluate(expression) for expression in again}
        differing = [e for e in again if first[e] != second[e]]
        if differing:
            blamed = [e for e in expressions if in_fork(partial(self.changes, e, [e]))]
            if not blamed:
                blamed = [e for e in expressions if in_fork(partial(self.changes, e, differing))]
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
        """Return whether evaluating an expression changes the value of one of the others."""
        before = [self.evaluate(other) for other in others]
        self.evaluate(expression)
        return before != [self.evaluate(other) for other in others]

    def evaluate(self, expression: str) -> Value:
        """Return the value of an expression, or the error that it raises."""
        self.report(list(self.job.expressions).index(expression))
        try:
            value = eval(expression, self.names_for(expression))
            prefix = f"{self.job.stem}.{digest(expression.encode())[:8]}".replace("/", ".")
            figures = take_figures(prefix)
            return forms_of(value, expression, tuple(figure for _, figure in figures))
        except BaseException as error:  # of any kind, reported at the line of the page
            from matplotlib import pyplot

            pyplot.close("all")
            message = "".join(traceback.format_exception_only(error)).strip()
            if isinstance(error, NameError) and "Did you" not in message:
                names = [name for name in self.namespace if not name.startswith("_")]
                message += did_you_mean(error.name or "", names)
            return Value(error=shortened(message))

    def names_for(self, expression: str) -> dict[str, Any]:
        """Return the globals of the snippet, and names of helpers that an expression uses."""
        names = dict(self.namespace)
        used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        missing = used - names.keys() - vars(builtins).keys()
        for path in self.job.helpers if missing else []:
            module = Path(path).relative_to(self.job.root).with_suffix("").as_posix()
            helper = vars(importlib.import_module(module.replace("/", ".")))
            names.update({name: helper[name] for name in missing & helper.keys()})
        return names


def forms_of(value: Any, expression: str, figures: tuple[Any, ...]) -> Value:
    """Return a value in every form that a page can show; raise ValueError if there is none."""
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
    """Return the file at a path.

    Raises ValueError if it is too large, or outside the folder that the snippet runs in.
    """
    if not path.resolve().is_relative_to(Path.cwd()):
        raise ValueError(f"{path} is not in the folder that the snippet runs in: write it there")
    if (size := path.stat().st_size) > MAX_FILE:
        raise ValueError(f"{path} has {size} bytes, and {MAX_FILE} may be downloaded")
    return SavedFile(path.name, base64.b64encode(path.read_bytes()).decode())


def lines_of(value: Any) -> str | None:
    """Return a string, or the lines of a list of strings, as printed; None for any other value."""
    if isinstance(value, list | tuple) and value and all(isinstance(line, str) for line in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        return None
    if len(value) > MAX_LINES:
        raise ValueError(f"{len(value)} characters are too many for a page ({MAX_LINES} may be)")
    return visible(value)


def short(value: Value) -> str:
    return shortened(value.text or value.lines or "another one", 60)


def in_fork(predicate: Callable[[], bool]) -> bool:
    """Return the result of a predicate, called in a fork of this process; False if it raises."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            os.write(writing, json.dumps(predicate()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer == b"true"
