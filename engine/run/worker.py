# SPDX-License-Identifier: MIT
"""The process that has imported torch and matplotlib once, and forks clean children for snippets.

Started by `pool`. Reads one job a line from standard input and writes one result a line to
standard output, both as JSON; ends when its input ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import json
import mmap
import os
import re
import select
import shutil
import signal
import struct
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from engine.model.problem import Problem, shortened
from engine.model.result import Job, Result
from engine.run import child, sources
from engine.run.scratch import scratch
from engine.run.state import state

MOST_OUTPUT = 200_000  # bytes a snippet may print; a page shows a few hundred
GRACE = 0.3  # seconds between the note of where a snippet hangs and its end
LATE = {"torch.optim": "torch._dynamo", "flex_attention": "torch._dynamo"}  # by what uses it
MOST_SHARED = 128  # programs for proof that one child runs at the most
CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
PLACE = struct.Struct("qq")  # the number of a child's job, and its line
POLL = 0.05  # seconds between looks at what a child prints and how long it runs
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from Linux's prctl.h


@dataclass
class Running:
    """A child and its jobs.

    place: shared with the child, which keeps there the number of its job and where it is in it
    """

    jobs: list[Job]
    pid: int
    started: float
    place: mmap.mmap
    number: int = 0

    @property
    def job(self) -> Job:
        return self.jobs[self.number]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # nothing runs yet that would have to end
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints in this process must not be taken for a result
    import_once()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ask_system(PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves becomes a child of this process
    lines = Lines(0)
    waiting: list[Job] = []
    running: list[Running] = []
    with scratch("engine") as folder:
        try:
            count = itertools.count()
            while not lines.ended:  # when they end, nobody is left to take a result
                while waiting and len(running) < CORES:
                    jobs = next_of(waiting)
                    for job in jobs:
                        import_late(job)
                        child.compile_ahead(job.imports)
                    place = f"{os.path.realpath(folder)}/{next(count)}"
                    running.append(start(jobs, place, results.fileno()))
                for line in lines.read(POLL if running else None):
                    waiting.append(Job.of(json.loads(line)))
                for one in list(running):
                    if done := look_after(one):
                        running.remove(one)
                        end_children({other.pid for other in running})
                        waiting[:0] = one.jobs[len(done) :]
                        shutil.rmtree(one.job.scratch, ignore_errors=True)
                        for result in done:
                            results.write(json.dumps(result, default=vars).encode() + b"\n")
                        results.flush()
        finally:
            for one in running:
                end_group(one.pid)
            end_children(set())


def import_once() -> None:
    """Imports what every snippet may need, and draws and prints once, so that no child has to."""
    gc.disable()  # all of it stays: to look for garbage in it would take a sixth of the time
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcdefaults()  # the outputs must not depend on the author's own matplotlibrc
    import torch
    from matplotlib import pyplot

    from engine.run import figures

    matplotlib.rcParams.update(figures.RC)
    torch.set_num_threads(1)  # the sum of floats depends on how it is split
    figure, axes = pyplot.subplots(num="warm-up", layout="none")
    axes.axis("off")
    for weight in ("normal", "bold"):
        axes.text(0, 0, "1", weight=weight)
    figures.svg_of(figure, "warm-up")
    pyplot.close(figure)
    repr(torch.tensor([0.5]))
    state()  # NumPy imports its random numbers when they are first asked for
    gc.enable()
    gc.freeze()  # a collection in a child would copy every page that it looks at


def import_late(job: Job) -> None:
    """Imports what torch itself imports only when a job uses it: once here, not in every child."""
    text = job.program
    if text is None:
        try:
            text = Path(job.path).read_text("utf-8", "replace")
        except OSError:
            return  # the child tells of it
    for word, module in LATE.items():
        if word in text and module not in sys.modules:
            importlib.import_module(module)
            gc.freeze()


class Lines:
    """The lines that arrive on a file descriptor; the end of a child ends the waiting for one."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.buffer = b""
        self.ended = False
        self.child_ended, wakeup = os.pipe()
        for end in (self.child_ended, wakeup):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def read(self, timeout: float | None) -> list[bytes]:
        """The whole lines there are, after up to `timeout` seconds (None: without end)."""
        ready, _, _ = select.select([self.descriptor, self.child_ended], [], [], timeout)
        if self.child_ended in ready:
            os.read(self.child_ended, 4096)
        if self.descriptor not in ready:
            return []
        data = os.read(self.descriptor, 1 << 20)
        self.ended = not data
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        return lines


def next_of(waiting: list[Job]) -> list[Job]:
    """Takes the jobs of the next child: a snippet has one to itself, programs may share it."""
    most = max(1, min(MOST_SHARED, len(waiting) // CORES))
    programs = list(itertools.takewhile(lambda job: job.program is not None, waiting[:most]))
    jobs = programs or waiting[:1]
    del waiting[: len(jobs)]
    return jobs


def start(jobs: list[Job], folder: str, results: int) -> Running:
    for name in ("folder", "programs"):
        os.makedirs(f"{folder}/{name}")
    for name in ("stdout", "stderr"):
        Path(folder, name).touch()
    for job in jobs:
        job.scratch = folder
        if job.program is None:
            child.forget_importers(job.root)
        else:
            job.root = f"{folder}/programs"
            job.path = f"{job.root}/{job.stem}.py"
            Path(job.path).write_text(job.program, "utf-8")
    place = mmap.mmap(-1, PLACE.size)
    pid = os.fork()
    if pid:
        return Running(jobs, pid, time.monotonic(), place)
    status = 1
    try:
        os.setsid()
        if jobs[0].program is not None:
            give_way()
        ask_system(PR_SET_CHILD_SUBREAPER, 1)
        ask_system(PR_SET_PDEATHSIG, signal.SIGKILL)  # when the worker ends, however it does
        os.close(results)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        child.run_all(jobs, lambda *now: PLACE.pack_into(place, 0, *now))
        status = 0
    except BaseException as error:  # a snippet can take from the engine, too, what it needs
        os.write(2, "".join(traceback.format_exception_only(error)).encode())
    finally:
        os._exit(status)


def look_after(one: Running) -> list[Result] | None:
    """Returns the results of a child that is done, ends one that must be ended, or returns None.

    They are those of its first jobs. The others are to be run again, by another child: in a
    process that was used before, only a success counts.
    """
    pid, status = os.waitpid(one.pid, os.WNOHANG)
    number, line = PLACE.unpack_from(one.place)
    if number != one.number:
        one.number, one.started = number, time.monotonic()
    job, seconds = one.job, time.monotonic() - one.started
    if pid:
        end_group(one.pid)
        result = read_result(job)
        if result is None:
            result = Result(job.stem, problems=[problem_of(job, line, died(status, job))])
    else:
        printed = sum(size_of(f"{job.scratch}/{name}") for name in ("stdout", "stderr"))
        if printed > MOST_OUTPUT:
            what = f"prints without end: more than {MOST_OUTPUT // 1000} kB so far"
        elif seconds > job.timeout + GRACE:
            what = (
                f"runs longer than {job.timeout} s: make it faster, or give it more time with a "
                f'line "# timeout: {job.timeout * 2} s" in the snippet'
            )
        else:
            return None
        end_group(one.pid)
        os.waitpid(one.pid, 0)
        result = Result(job.stem, problems=[problem_of(job, line, what)])
    printed = size_of(f"{job.scratch}/stdout")
    if printed > MOST_OUTPUT and not result.problems:
        what = f"prints {printed // 1000} kB: a page can show {MOST_OUTPUT // 1000} kB at the most"
        result = Result(job.stem, problems=[problem_of(job, line, what)])
    result.seconds = seconds
    earlier = [read_result(job) or Result(job.stem) for job in one.jobs[:number]]
    return [*earlier, *([] if earlier and result.problems else [result])]


def size_of(path: str) -> int:
    """The bytes of a file; none where a snippet has removed it."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def end_group(pid: int) -> None:
    """Ends a child and all that it started, but for what has a session of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def give_way() -> None:
    """Lets the process that makes the pages go first: the build ends when both have ended."""
    os.nice(10)
    with contextlib.suppress(OSError):  # Linux weighs whole sessions, and processes within each
        Path("/proc/self/autogroup").write_text("10")


def ask_system(option: int, value: int) -> None:
    """Sets an option of this process, on Linux."""
    with contextlib.suppress(AttributeError):  # macOS has no prctl
        child.LIBC.prctl(option, value)


def end_children(kept: set[int]) -> None:
    """Ends all other children of this process, its own and those it has adopted, on Linux."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(FileNotFoundError):  # macOS has no such file
        while others := {int(pid) for pid in children.read_text().split()} - kept:
            for pid in others:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def read_result(job: Job) -> Result | None:
    """The result of a job, or None where its child did not live to write all of it."""
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
    """A problem at the line where the child was last, as exactly as it can be known.

    line: of the snippet, or below 0 the number of an expression that a page asks for
    """
    if line < 0:
        expression, where = list(job.expressions.items())[-line - 1]
        return Problem(where, f"{{{{ {job.stem}: {expression} }}}} {what}", job.stem)
    line = line or 1
    with contextlib.suppress(FileNotFoundError):
        trace = Path(job.scratch, child.TRACE).read_text("utf-8", "replace")
        if match := re.search(rf'File "{re.escape(job.path)}", line (\d+)', trace):
            line = int(match[1])
    section = next((s.name for s in job.sections if s.start < line < s.end), None)
    told = f'section "{section}" {what}' if section else f"the snippet {what}"
    return Problem(f"{Path(job.path).relative_to(job.root).as_posix()}:{line}", told, job.stem)


if __name__ == "__main__":
    if sys.argv[1:] != [sources.environment()]:
        sys.exit("the engine's files or packages changed while it was running: start it again")
    with contextlib.suppress(SystemExit):
        main()
    os._exit(0)  # to take torch apart would keep the build waiting
