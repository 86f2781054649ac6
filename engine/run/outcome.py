# SPDX-License-Identifier: MIT
"""Read the result of a child process, or find out how and where it ended."""

import contextlib
import json
import os
import re
import signal
from pathlib import Path

from engine.model.problem import Problem, shortened
from engine.model.result import Job, Result
from engine.run.process import TRACE

MAX_OUTPUT = 200_000  # bytes that a snippet may print; pages show a few hundred
GRACE = 0.3  # seconds that faulthandler has to write the traceback of a timeout


def exceeded_limit(job: Job, seconds: float) -> str:
    """Return a message about the limit that a running child has exceeded, or ""."""
    if max(printed(job, "stdout"), printed(job, "stderr")) > MAX_OUTPUT:
        return f"prints without end: more than {MAX_OUTPUT // 1000} kB so far"
    if seconds > job.timeout + GRACE:
        return (
            f"runs longer than {job.timeout} s: make it faster, or give it more time with a "
            f'line "# timeout: {job.timeout * 2} s" in the snippet'
        )
    return ""


def read_result(job: Job, status: int) -> tuple[Result | None, str]:
    """Return the result of a child that has ended and "", or None and the reason of its failure."""
    try:
        result = Result.of(json.loads(Path(job.result).read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return None, describe_exit(status, job)
    size = printed(job, "stdout")
    if size > MAX_OUTPUT and not result.problems:
        limit = f"a page can show {MAX_OUTPUT // 1000} kB at the most"
        return None, f"prints {size // 1000} kB: {limit}"
    return result, ""


def printed(job: Job, stream: str) -> int:
    """Return the number of bytes that a child has written to a stream; 0 if the file is gone."""
    try:
        return os.stat(f"{job.scratch}/{stream}").st_size
    except FileNotFoundError:
        return 0


def describe_exit(status: int, job: Job) -> str:
    """Return how a child without a result ended; `status` is that of `os.waitpid`."""
    code = os.waitstatus_to_exitcode(status)
    if not all(os.path.exists(f"{job.scratch}/{name}") for name in ("stdout", "stderr")):
        return "removed what lies around its folder, and its outputs with it"
    if code >= 0:
        errors = Path(job.scratch, "stderr").read_text("utf-8", "replace").strip()
        return f"ended its process (exit status {code})" + (
            f"\n{shortened(errors)}" if errors else ""
        )
    name = signal.Signals(-code).name
    hint = " (out of memory?)" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"


def problem_of(job: Job, line: int, reason: str) -> Problem:
    """Return a problem at the last line that the child reached, or at the page of an expression.

    line: the last reported line of the snippet, or -1, -2, … for its expressions; a traceback that
        faulthandler wrote is more exact
    """
    if line < 0:
        expression, where = list(job.expressions.items())[-line - 1]
        return Problem(where, f"{{{{ {job.stem}: {expression} }}}} {reason}", job.stem)
    line = line or 1
    with contextlib.suppress(FileNotFoundError):
        trace = Path(job.scratch, TRACE).read_text("utf-8", "replace")
        if match := re.search(rf'File "{re.escape(job.path)}", line (\d+)', trace):
            line = int(match[1])
    section = job.section_at(line)
    subject = f'section "{section}"' if section else "the snippet"
    return Problem(f"{job.where}:{line}", f"{subject} {reason}", job.stem)
