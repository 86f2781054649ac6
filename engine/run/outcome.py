# SPDX-License-Identifier: MIT
"""Says what became of a child: its result, or how it ended and where."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from pathlib import Path

from engine.model.problem import Problem, shortened
from engine.model.result import Job, Result
from engine.run.process import TRACE


def printed(job: Job, stream: str) -> int:
    """Return the bytes that a child has written to a stream, 0 where it has removed the file."""
    try:
        return os.stat(f"{job.scratch}/{stream}").st_size
    except FileNotFoundError:
        return 0


def read_result(job: Job) -> Result | None:
    """Read the result of a job; return None where its child did not live to write all of it."""
    try:
        return Result.of(json.loads(Path(job.result).read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return None


def died(status: int, job: Job) -> str:
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


def problem_of(job: Job, line: int, what: str) -> Problem:
    """Return a problem at the line where the child was last, as exactly as it can be known.

    line: of the snippet, or minus the number of an expression, from 1
    """
    if line < 0:
        expression, where = list(job.expressions.items())[-line - 1]
        return Problem(where, f"{{{{ {job.stem}: {expression} }}}} {what}", job.stem)
    line = line or 1
    with contextlib.suppress(FileNotFoundError):
        trace = Path(job.scratch, TRACE).read_text("utf-8", "replace")
        if match := re.search(rf'File "{re.escape(job.path)}", line (\d+)', trace):
            line = int(match[1])
    section = job.section_at(line)
    message = f'section "{section}" {what}' if section else f"the snippet {what}"
    return Problem(f"{job.where}:{line}", message, job.stem)
