# SPDX-License-Identifier: MIT
"""Turn an exception of a snippet into a problem with its line, section, calls and a hint."""

import os
import re
import traceback
from pathlib import Path

from engine.model.problem import Problem, shortened
from engine.model.result import Job
from engine.run.guard import is_project_file

MAX_CALLS = 10  # calls of a traceback in a message
MAX_SOURCE = 200  # characters of the source line of a call
MAX_MEMORY = 4 * 10**9  # bytes that a snippet may allocate, so that the system kills no process


def problem_of(error: BaseException, job: Job) -> Problem:
    """Return a problem with the line of an exception and its calls in files of the project."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if is_project_file(frame.filename, job.root)
    ]
    where, line = (frames[-1].filename, frames[-1].lineno) if frames else (job.path, 1)
    message = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SyntaxError) and is_project_file(error.filename or "", job.root):
        where, line = error.filename or job.path, error.lineno or 1
        message = f"{type(error).__name__}: {error.msg}"
    if isinstance(error, SystemExit):
        message = f"the snippet exits (SystemExit: {error.code}): let it run to its end"
    if isinstance(error, MemoryError):
        message = f"needs more than {MAX_MEMORY // 10**9} GB of memory: make it smaller"
    line_in_snippet = next((f.lineno for f in frames if f.filename == job.path), line)
    section = job.section_at(line_in_snippet or 0)
    message = shortened(message) + hint(error, job)
    if section and where == job.path:
        message = f'in section "{section}": {message}'
    calls = [
        f"  {os.path.relpath(f.filename, job.root)}:{f.lineno} in {f.name}: "
        f"{shortened(f.line or '', MAX_SOURCE)}"
        for f in frames
    ]
    if len(calls) > MAX_CALLS:
        half = MAX_CALLS // 2
        calls[half:-half] = [f"  … {len(calls) - 2 * half} more calls …"]
    return Problem(
        f"{os.path.relpath(where, job.root)}:{line}", "\n".join([message, *calls]), job.stem
    )


def hint(error: BaseException, job: Job) -> str:
    """Return advice about an exception that is caused by how snippets are run, or ""."""
    if isinstance(error, ModuleNotFoundError) and error.name and job.program is None:
        name = error.name.partition(".")[0]
        folder = Path(job.path).parent
        if (folder / f"{name}.py").is_file() or (folder / name).is_dir():
            parts = folder.relative_to(job.root).parts
            return (
                f". The file beside the snippet is imported from the project's root: "
                f"from {'.'.join([*parts, name])} import …"
            )
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str):
        name = error.filename
        if not os.path.isabs(name):
            beside = Path(job.path).parent / name
            is_beside = job.program is None and beside.is_file()
            return (
                ". A snippet runs in an empty folder of its own, as a reader's copy runs anywhere: "
                "let it make the file, or hold the data itself"
                + (f"; for the page alone, Path(__file__).with_name({name!r})" if is_beside else "")
            )
        if job.program is not None and re.search(r"\b__file__\b", job.program):
            return (
                ". A reader who copies the code does not have the file beside it: let the code "
                "make the file, or hold the data itself"
            )
    return ""
