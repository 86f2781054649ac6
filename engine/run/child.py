# SPDX-License-Identifier: MIT
"""Runs one snippet, section by section, in a process of its own, and writes down what it produced.

This runs in a fork of the worker: whatever a snippet does to its process (random state, print
options, rcParams, environment, working directory) ends with it. Programs that are run for proof
share a process as long as none of them changes it.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import ctypes
import faulthandler
import functools
import hashlib
import importlib
import json
import os
import re
import resource
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from typing import Any, TextIO

from engine.model.problem import Problem, shortened, visible
from engine.model.result import Figure, Job, Result, SectionOutput, Stamp, Value, slug
from engine.model.snippet import Section
from engine.read.syntax import first_line, is_constant, statements
from engine.run import values
from engine.run.shapes import ShapeChecker, instrument
from engine.run.sources import TOO_DEEP, UNREADABLE
from engine.run.state import state

Progress = Callable[[int, int], None]
watched: list[str] = []  # the root of the job that runs now
opened: dict[str, Stamp | None] = {}  # what it opened there, and which version of it
shapes = ShapeChecker()
compiled: dict[str, tuple[bytes, types.CodeType]] = {}  # of a module, by its path
LIBC = ctypes.CDLL(None)
HOME = str(Path(__file__).resolve().parents[2])
MOST_CALLS = 10  # of a traceback are told
MOST_OF_LINE = 200  # characters of the source of such a call
MOST_FIGURES = 20  # a section may draw; a page shows one or two
MOST_MEMORY = 4 * 10**9  # bytes a snippet may take; beyond, the system would end what it likes
EMPTY = os.O_WRONLY | os.O_APPEND | os.O_TRUNC
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGED_BY = ("chmod", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate")
CHANGES = {"shutil.rmtree", *(f"os.{name}" for name in CHANGED_BY)}
LISTS = {"os.listdir", "os.scandir"}
WATCHED = {"open", *LISTS, *CHANGES}
NO_SOURCES = (".cache/", ".venv/", ".git/", "engine/")
NUMBERED = re.compile(r"_\d+$")  # `picture_2.svg` is the second figure of section "picture"
TRACE = "trace"  # where Python was when it crashed, or when its time was over


class Failed(Exception):
    """Carries the one problem that ends a run."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(what)


def run_all(jobs: list[Job], report: Progress) -> None:
    """Runs jobs one after the other, until one fails or leaves its process changed.

    report(job, line): called before each statement with the number of the job among `jobs`, so
    that the worker knows where a snippet was when its process is gone
    """
    limit_memory()
    import numpy as np

    np.random.seed()  # else all would have the same numbers, and a missing seed would not show
    before, base = state() if len(jobs) > 1 else {}, list(sys.path)
    for number, job in enumerate(jobs):
        report(number, 0)
        sys.path[:] = base
        failed = run(job, functools.partial(report, number))
        left = os.listdir(f"{job.scratch}/folder")
        if failed or left or number + 1 == len(jobs) or state() != before:
            return


def run(job: Job, report_line: Callable[[int], None]) -> bool:
    """Runs `job` to its end and writes its result down; returns whether it failed."""
    redirect(job.scratch)
    result = Result(job.stem)
    watch_files(job.root)
    trace = os.open(f"{job.scratch}/{TRACE}", EMPTY | os.O_CREAT)
    faulthandler.enable(trace, all_threads=False)
    faulthandler.dump_traceback_later(job.timeout, file=trace)
    os.chdir(f"{job.scratch}/folder")
    if job.program is None:
        import_from_source(job.root)
    else:
        sys.path[:] = [p for p in sys.path if os.path.realpath(p) not in (HOME, job.scratch)]
    sys.path.insert(0, job.root)
    sys.argv = [job.path]
    sys.dont_write_bytecode = True
    sys.stdout, sys.stderr = writer(1), writer(2)
    sys.breakpointhook = refuse_to_stop
    process = os.getpid()
    spare = os.open(os.devnull, os.O_RDONLY)  # to give up where a snippet uses up all others
    try:
        try:
            execute(job, result, report_line)
        finally:
            with contextlib.suppress(OSError):
                os.close(spare)
    except Failed as failure:
        where = Path(job.path).relative_to(job.root).as_posix()
        what = shortened(failure.what)
        result.problems.append(Problem(f"{where}:{failure.line}", what, job.stem))
    except BaseException as error:  # told to the author, whatever it is: sys.exit() included
        result.problems.append(problem_of(error, job))
    if os.getpid() != process:
        os._exit(0)  # a fork of the snippet's own came this far; its parent reports
    faulthandler.cancel_dump_traceback_later()
    for (path, line), error in sorted(shapes.errors.items()):
        result.problems.append(
            Problem(f"{os.path.relpath(path, job.root)}:{line}", error, job.stem)
        )
    flush()
    result.opened = dict(sorted(opened.items()))
    result.warnings = shortened(Path(f"{job.scratch}/stderr").read_text("utf-8", "replace"))
    Path(job.result).write_text(json.dumps(result, default=vars), "utf-8")
    return bool(result.problems)


def redirect(scratch: str) -> None:
    """Lets all that this process prints go to files in `scratch`, and gives it nothing to read."""
    for descriptor, name, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, f"{scratch}/stdout", EMPTY),
        (2, f"{scratch}/stderr", EMPTY),
    ):
        file = os.open(name, mode)
        os.dup2(file, descriptor)
        os.close(file)


def writer(descriptor: int) -> TextIO:
    """What `sys.stdout` is in a new process, whatever the terminal's encoding."""
    # By lines, so that what another process prints in between comes where a terminal has it.
    return os.fdopen(
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def refuse_to_stop() -> None:
    raise RuntimeError("nobody is there to answer breakpoint(): take it out")


def watch_files(root: str) -> None:
    """Starts to note all below `root` that is opened or listed: data files are sources too.

    What would change a file there is refused. It is a guard against slips, and no sandbox.
    """
    if not watched:
        sys.addaudithook(watch)  # which stays as long as the process
    watched[:] = [root]
    opened.clear()


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in WATCHED:
        return
    (root,) = watched
    if event in LISTS and is_import(sys._getframe(1)):
        return  # what an import may find is known without it
    changes = event in CHANGES or (event == "open" and bool((arguments[2] or 0) & WRITING))
    for argument in arguments[: 2 if event in CHANGES else 1]:
        if not isinstance(argument, str | bytes | os.PathLike):
            continue
        try:
            given = os.path.abspath(os.fsdecode(argument))
            path = os.path.realpath(given)
        except (OSError, ValueError):
            continue
        if event not in CHANGES and given != path and is_own(given, root):
            opened.setdefault(os.path.relpath(given, root), stamp_of(given))  # a link: it may turn
        around = changes and f"{root}/".startswith(f"{path.rstrip('/')}/") and event != "os.mkdir"
        if not path.startswith(f"{root}/") and not around:
            continue
        name = path if around else os.path.relpath(path, root)
        if changes:
            raise PermissionError(
                f"a snippet may not change {name}, outside its folder: give a relative path, "
                f"which leads to an empty folder that is gone afterwards"
            )
        if is_own(path, root):
            opened.setdefault(name, stamp_of(path))


def is_import(frame: types.FrameType) -> bool:
    return frame.f_code.co_filename.startswith("<frozen importlib")


def stamp_of(path: str | Path) -> Stamp | None:
    """Tells versions of a file apart; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size, found.st_ino]


def limit_memory() -> None:
    """Lets Python raise MemoryError, with a line, before the system has to kill some process.

    A file may not be larger either: its folder can lie in memory.
    """
    with contextlib.suppress(OSError, ValueError):  # macOS has neither the file nor the limit
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MOST_MEMORY
        for limit, value in ((resource.RLIMIT_AS, most), (resource.RLIMIT_FSIZE, MOST_MEMORY)):
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


class FromSource(SourceFileLoader):
    """Compiles a module each time: its .pyc is trusted by a time stamp that two edits can share."""

    def get_code(self, fullname: str) -> types.CodeType:
        data = self.get_data(self.path)
        kept, code = compiled.get(self.path, (None, None))
        return code if kept == data else self.source_to_code(data, self.path)

    def source_to_code(self, data: Any, path: Any, **more: Any) -> types.CodeType:  # type: ignore[override]
        """Compile a module whose shape comments are checked when it runs."""
        if b"# (" in data:
            tree = ast.parse(data, path)
            instrument(tree, decode_source(data), path, shapes)
            return compile(tree, path, "exec", dont_inherit=True)
        return super().source_to_code(data, path, **more)


def compile_ahead(paths: list[str]) -> None:
    """Compiles modules in the worker; a child takes the code where the file is still the same."""
    for path in paths:
        # What cannot be compiled, or not without a warning, is left to the child, which tells it.
        with contextlib.suppress(OSError, *UNREADABLE), warnings.catch_warnings():
            warnings.simplefilter("error")
            data = Path(path).read_bytes()
            if b"# (" not in data and compiled.get(path, (None, None))[0] != data:
                compiled[path] = data, compile(data, path, "exec", dont_inherit=True)


def import_from_source(root: str) -> None:
    """For the modules below `root` alone: packages that are installed keep their bytecode."""

    def finder(folder: str) -> FileFinder:
        inside = folder == root or folder.startswith(f"{root}/")
        if not inside or is_installed(folder, root):
            raise ImportError
        return FileFinder(folder, (FromSource, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)


def forget_importers(root: str) -> None:
    """Takes back how the worker found modules below `root`, so that a child asks its own finder."""
    for folder in [one for one in sys.path_importer_cache if one.startswith(root)]:
        del sys.path_importer_cache[folder]


def execute(job: Job, result: Result, report_line: Callable[[int], None]) -> None:
    source = Path(job.path).read_bytes()
    module = types.ModuleType("__main__")
    module.__file__ = job.path
    module.__package__ = "snippets" + "".join(f".{part}" for part in job.stem.split("/")[:-1])
    sys.modules["__main__"] = module
    if job.program is None:
        execute_sections(source, module, job, result, report_line)
    else:  # it is all one section, so Python can take it as a whole
        exec(compile(source, job.path, "exec", dont_inherit=True), module.__dict__)
        close(job.sections[0], job, result, 0, 0)
    for place, expression in enumerate(job.expressions, start=1):
        report_line(-place)
        result.values[expression] = evaluate(expression, module.__dict__, job)
    for place, (expression, value) in enumerate(result.values.items(), start=1):
        report_line(-place)
        if value.error is None and value != evaluate(expression, module.__dict__, job):
            what = "gives something else when it is asked again: let the snippet give it a name"
            result.values[expression] = Value(error=what)


def execute_sections(
    source: bytes,
    module: types.ModuleType,
    job: Job,
    result: Result,
    report_line: Callable[[int], None],
) -> None:
    try:
        tree = ast.parse(source, job.path)
    except TOO_DEEP as error:
        raise Failed(1, "is nested too deep for Python to read: take it apart") from error
    flags = future_flags(tree)
    shapes.install()
    instrument(tree, decode_source(source), job.path, shapes)
    current: Section | None = None
    offset = 0
    for statement in statements(tree):
        if is_constant(statement) and statement is not tree.body[0]:
            continue  # run by itself, a text would be taken for the docstring
        section = section_of(statement, job.sections)
        if section is not current:
            offset = close(current, job, result, offset, statement.lineno)
            current = section
        report_line(statement.lineno)
        code = compile(
            ast.Module([statement], []), job.path, "exec", flags=flags, dont_inherit=True
        )
        exec(code, module.__dict__)
    close(current, job, result, offset, 0)


def future_flags(tree: ast.Module) -> int:
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    return sum(getattr(__future__, name).compiler_flag for name in names)


def section_of(statement: ast.stmt, sections: list[Section]) -> Section | None:
    """The section a statement lies in; None outside any, and around one that is a part of it."""
    first = first_line(statement)
    last = statement.end_lineno or first
    for section in sections:
        if section.start < first and last < section.end:
            return section
        if section.start < first < section.end < last or first < section.start < last < section.end:
            raise Failed(
                section.end if first > section.start else section.start,
                f'section "{section.name}" cuts the statement of lines {first} to {last} in two: '
                f"move the marker before or after it",
            )
    return None


def close(section: Section | None, job: Job, result: Result, offset: int, line: int) -> int:
    """Keeps what was printed and drawn since `offset` as the section's; returns the new offset."""
    from matplotlib import pyplot

    from engine.run import figures

    flush()
    with open(f"{job.scratch}/stdout", "rb") as stdout:
        stdout.seek(offset)
        data = stdout.read()
    numbers = pyplot.get_fignums()
    if section and len(numbers) > MOST_FIGURES:
        raise Failed(
            section.start,
            f'section "{section.name}" draws {len(numbers)} figures: a page can show '
            f"{MOST_FIGURES} at the most",
        )
    if section is None:
        if data or numbers:
            did = "prints" if data else "draws"
            raise Failed(
                max(line - 1, 1),
                f"the snippet {did} outside any section, so no page could show it: put the lines "
                f"above into one",
            )
        return offset
    if numbers and NUMBERED.search(section.name):
        raise Failed(
            section.start,
            f'section "{section.name}" draws, and is named as a later figure of another section '
            f"would be: rename it",
        )
    output = result.sections.setdefault(section.name, SectionOutput())
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    output.text += visible(text)
    for number in numbers:
        figure = pyplot.figure(number)
        prefix = ".".join([*job.stem.split("/"), section.name, str(len(output.figures) + 1)])
        try:
            written = figures.written(figure)
            digest = figures.digest_of(figure, written)
            svg = figures.svg_of(figure, prefix, written) if job.program is None else ""
            output.figures.append(Figure(slug(figures.title_of(figure)), svg, digest))
        except ValueError as error:
            raise Failed(section.start, f'section "{section.name}": {error}') from error
        except Exception as error:
            told = f"cannot be drawn: {type(error).__name__}: {error}"
            told = f"section \"{section.name}\": the figure '{figures.title_of(figure)}' {told}"
            raise Failed(section.start, told) from error
    pyplot.close("all")
    return offset + len(data)


def flush() -> None:
    for stream in {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}:
        with contextlib.suppress(ValueError, AttributeError, OSError):
            stream.flush()
    LIBC.fflush(None)  # what C code printed


def evaluate(expression: str, namespace: dict[str, Any], job: Job) -> Value:
    from matplotlib import pyplot

    try:
        value = eval(expression, names_for(expression, namespace, job))
        figures = tuple(drawn(expression, job))
        lines = "\n".join(value) if is_lines(value) else None
        shown = None if lines else values.table(value, expression)
        try:
            text = None if figures or lines else values.inline(value)
        except ValueError:
            if shown is None:
                raise
            text = None
        return Value(text, shown, lines, figures)
    except BaseException as error:  # told to the author at the line of the page that asks for it
        return Value(error=shortened("".join(traceback.format_exception_only(error)).strip()))
    finally:
        pyplot.close("all")


def names_for(expression: str, namespace: dict[str, Any], job: Job) -> dict[str, Any]:
    """Return the names of the snippet, and those that helper modules add for an expression."""
    names = dict(namespace)
    used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
    missing = used - names.keys() - vars(builtins).keys()
    for path in job.helpers if missing else []:
        module = Path(path).relative_to(job.root).with_suffix("").as_posix()
        helper = vars(importlib.import_module(module.replace("/", ".")))
        names.update({name: helper[name] for name in missing & helper.keys()})
    return names


def is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def drawn(expression: str, job: Job) -> Iterator[Figure]:
    """Yield what an expression drew."""
    from matplotlib import pyplot

    from engine.run import figures

    key = hashlib.blake2b(expression.encode(), digest_size=4).hexdigest()
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        written = figures.written(figure)
        svg = figures.svg_of(figure, ".".join([*job.stem.split("/"), key, str(number)]), written)
        yield Figure(slug(figure.get_label()), svg, figures.digest_of(figure, written))


def is_own(path: str, root: str) -> bool:
    """Whether a file is one of the project, and not of a package that is installed within it."""
    inside = path.startswith(f"{root}/") and not is_installed(path, root)
    return inside and not path.removeprefix(f"{root}/").startswith(NO_SOURCES)


def is_installed(path: str, root: str) -> bool:
    """Whether a file below the root is one of an environment that lies there."""
    return sys.prefix.startswith(f"{root}/") and path.startswith(f"{sys.prefix}/")


def problem_of(error: BaseException, job: Job) -> Problem:
    """An exception as the author needs it: the line, the section, and the frames of local files."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if is_own(frame.filename, job.root)
    ]
    if isinstance(error, SyntaxError) and is_own(error.filename or "", job.root):
        where, line = error.filename, error.lineno or 1
        what = f"{type(error).__name__}: {error.msg}"
    else:
        where, line = (frames[-1].filename, frames[-1].lineno) if frames else (job.path, 1)
        what = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SystemExit):
        what = f"the snippet exits (SystemExit: {error.code}): let it run to its end"
    if isinstance(error, MemoryError):
        what = f"needs more than {MOST_MEMORY // 10**9} GB of memory: make it smaller"
    own = next((f.lineno for f in frames if f.filename == job.path), line)
    section = next((s.name for s in job.sections if s.start < (own or 0) < s.end), None)
    what = shortened(what)
    told = f'in section "{section}": {what}' if section and where == job.path else what
    calls = [
        f"  {os.path.relpath(f.filename, job.root)}:{f.lineno} in {f.name}: "
        f"{shortened(f.line or '', MOST_OF_LINE)}"
        for f in frames
    ]
    if len(calls) > MOST_CALLS:
        half = MOST_CALLS // 2
        calls[half:-half] = [f"  … {len(calls) - 2 * half} more calls …"]
    return Problem(
        f"{os.path.relpath(where, job.root)}:{line}", "\n".join([told, *calls]), job.stem
    )
