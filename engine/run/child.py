# SPDX-License-Identifier: MIT
"""Run one snippet, section by section, in a child process, and write the result to a file.

The child is a fork of the worker. Everything that a snippet changes in its process (random state,
print options, rcParams, environment, working directory) is gone when the child exits.
"""

from __future__ import annotations

import ast
import codeop
import contextlib
import faulthandler
import json
import os
import sys
import types
from collections.abc import Callable
from importlib.util import decode_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.model.problem import Problem, shortened
from engine.model.result import Job, Result, SectionOutput
from engine.model.snippet import Section
from engine.read.syntax import TOO_DEEP, first_line, is_constant, statements
from engine.run.capture import Output, flush, read_errors, redirect_output, take_figures
from engine.run.environment import imported_versions
from engine.run.expressions import Evaluator
from engine.run.guard import Guard
from engine.run.instrument import instrument
from engine.run.preload import note_late_import
from engine.run.process import end_python, limit_memory, seed_from_system, set_up
from engine.run.shapes import ShapeChecker
from engine.run.tracebacks import problem_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


class Failure(Exception):
    """Raised for a problem at a line of the snippet; ends the run."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        super().__init__(message)


def run(job: Job, report_line: Callable[[int], None]) -> None:
    """Run a job and write its result to `job.result`.

    report_line: called with the line of each statement before it runs, and with -1, -2, … before
        each expression
    """
    limit_memory()
    seed_from_system()
    redirect_output(job.scratch)
    guard, shapes, result = Guard(job), ShapeChecker(), Result(job.stem)
    guard.install()
    set_up(job, guard, shapes)
    process = os.getpid()
    spare = os.open(os.devnull, os.O_RDONLY)  # freed below: a snippet may exhaust the limit
    try:
        try:
            Execution(job, result, guard, shapes, report_line).execute()
        finally:
            with contextlib.suppress(OSError):
                os.close(spare)
    except Failure as failure:
        message = shortened(failure.message)
        result.problems.append(Problem(f"{job.where}:{failure.line}", message, job.stem))
    except BaseException as error:  # includes SystemExit, which the author has to know about
        result.problems.append(problem_of(error, job))
    if os.getpid() != process:
        os._exit(0)  # the snippet forked, and this is its child process; only the parent reports
    faulthandler.cancel_dump_traceback_later()
    guard.record_open_files()
    for (path, line), message in sorted(shapes.errors.items()):
        where = f"{os.path.relpath(path, job.root)}:{line}"
        result.problems.append(Problem(where, message, job.stem))
    flush()
    result.versions = imported_versions()
    note_late_import(job.scratch)
    result.warnings = shortened(read_errors(job.scratch, job.root))
    Path(job.result).write_text(json.dumps(result, default=vars), "utf-8")


class Execution:
    """The execution of one snippet or program."""

    def __init__(
        self,
        job: Job,
        result: Result,
        guard: Guard,
        shapes: ShapeChecker,
        report_line: Callable[[int], None],
    ) -> None:
        self.job, self.result, self.guard = job, result, guard
        self.shapes, self.report_line = shapes, report_line
        self.output = Output(job.scratch)
        self.drawn: list[tuple[Drawing, Section]] = []
        self.module = types.ModuleType("__main__")
        self.evaluator = Evaluator(job, vars(self.module), lambda n: report_line(-n - 1))

    def execute(self) -> None:
        job, module = self.job, self.module
        source = Path(job.path).read_bytes()
        module.__file__ = job.path
        module.__package__ = ".".join(["snippets", *job.stem.split("/")[:-1]])
        sys.modules["__main__"] = module
        if job.program is None:
            self.execute_sections(source)
        else:  # a program is a single section, so it can be executed in one piece
            exec(compile(source, job.path, "exec", dont_inherit=True), vars(module))
            self.collect_outputs(job.sections[0])
        self.result.values = self.evaluator.evaluate_all()
        self.result.shown_after = {s: list(places) for s, places in job.shown_after.items()}
        self.output.read()
        self.guard.record_open_files()
        end_python(self.module)
        last = self.output.read()
        if last and self.result.sections:
            list(self.result.sections.values())[-1].text += last

    def execute_sections(self, source: bytes) -> None:
        job = self.job
        try:
            tree = ast.parse(source, job.path)
        except TOO_DEEP as error:
            raise Failure(1, "is nested too deep for Python to read: take it apart") from error
        compiler: Any = codeop.Compile()  # which remembers the future imports
        self.shapes.install()
        instrument(tree, decode_source(source), job.path, self.shapes)
        current: Section | None = None
        last = 1
        for statement in statements(tree):
            if is_constant(statement) and statement is not tree.body[0]:
                continue  # compiled alone, a string would become the docstring of the module
            section = section_of(statement, job.sections)
            if section is not current:
                self.end_section(current, last)
                current = section
            self.report_line(statement.lineno)
            block = ast.Module([statement], [])
            exec(compiler(block, job.path, "exec"), vars(self.module))
            last = statement.lineno
        self.end_section(current, last)

    def end_section(self, section: Section | None, line: int) -> None:
        """Collect the outputs of a section; raise Failure if there are any outside a section."""
        if section:
            self.collect_outputs(section)
            self.evaluator.after_section(section.name)
            self.output.read()  # discard the stdout of expressions
            return
        from matplotlib import pyplot

        printed, drawn = self.output.read(), pyplot.get_fignums()
        if printed or drawn:
            verb = "prints" if printed else "draws"
            raise Failure(
                line,
                f"the snippet {verb} outside any section, so no page could show it: put the lines "
                f"above into one",
            )

    def collect_outputs(self, section: Section) -> None:
        """Store the stdout and the figures since the last call as the section's outputs."""
        output = self.result.sections.setdefault(section.name, SectionOutput())
        output.text += self.output.read()
        from engine.run.figures import title_of

        for drawing, first in self.drawn:
            if drawing.stale and first is not section:
                raise Failure(
                    section.start,
                    f"section \"{section.name}\" changes the figure '{title_of(drawing)}', "
                    f'which section "{first.name}" has shown already: build a figure within one '
                    f"section, or begin a new one here",
                )
        prefix = f"{self.job.stem}.{section.name}".replace("/", ".")
        try:
            taken = take_figures(prefix)
        except ValueError as error:
            colon = "" if str(error).startswith("draws") else ":"
            raise Failure(section.start, f'section "{section.name}"{colon} {error}') from error
        self.drawn += [(drawing, section) for drawing, _ in taken]
        output.figures += [figure for _, figure in taken]


def section_of(statement: ast.stmt, sections: list[Section]) -> Section | None:
    """Return the section of a statement, or None; raise Failure if it contains a marker."""
    first = first_line(statement)
    last = statement.end_lineno or first
    for section in sections:
        if section.start < first and last < section.end:
            return section
        if first < section.start < last:
            kind = type(statement).__name__.removesuffix("Def").lower()
            raise Failure(
                section.start,
                f'section "{section.name}" begins inside the {kind} of lines {first} to {last}: a '
                f"section must contain whole statements; move its markers around the {kind}",
            )
        if section.start < first < section.end < last:
            raise Failure(
                section.end,
                f'section "{section.name}" cuts the statement of lines {first} to {last} in two: '
                f"move the marker before or after it",
            )
    return None
