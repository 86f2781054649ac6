# SPDX-License-Identifier: MIT
"""The process that has imported torch and matplotlib once, and forks a clean child per snippet.

`pool` starts it. It gets jobs and sends results through one connection, and ends with that.

This is a loop of its own rather than multiprocessing's forkserver, because that is one server per
process with the author's environment: it cannot have a hash seed, and no second one can run beside
it. Nor does it end what a snippet leaves behind in a session of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import re
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.model.result import Job, Result
from engine.run import child, outcome
from engine.run.capture import LIBC
from engine.run.environment import environment
from engine.run.guard import read_log
from engine.run.preload import import_late, import_once

CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
LINE = struct.Struct("q")
POLL = 0.01  # seconds between looks at what a child prints and how long it runs
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from Linux's prctl.h


@dataclass
class Child:
    """A running child. It notes the line that it has come to in `progress`, which is shared."""

    job: Job
    pid: int
    started: float
    progress: mmap.mmap

    @property
    def line(self) -> int:
        return int(LINE.unpack_from(self.progress)[0])


def main(pool: Connection) -> None:
    """Run what the pool sends, and send the results, until nobody is left to take one."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # nothing runs yet that would have to end
    import_once()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ask_system(PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves becomes a child of this process
    waiting: list[Job] = []
    running: list[Child] = []
    with scratch_folder() as folder:
        try:
            count = itertools.count()
            while True:
                while waiting and len(running) < CORES:
                    running.append(start(waiting.pop(0), f"{folder}/{next(count)}", pool))
                while pool.poll(POLL if running else None):
                    waiting.append(pool.recv())
                    if len(running) < CORES:
                        break
                for one in list(running):
                    if result := look_after(one):
                        running.remove(one)
                        end_children({other.pid for other in running})
                        import_late(one.job.scratch)
                        shutil.rmtree(one.job.scratch, ignore_errors=True)
                        pool.send(result)
        except (EOFError, ConnectionError):
            return  # the pool is gone
        finally:
            for one in running:
                end_group(one.pid)
            end_children(set())


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """Make a folder for the children; remove those that killed workers have left."""
    prefix = "snippet-worker_"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = re.match(rf"{prefix}(\d+)_", left.name)
        with contextlib.suppress(PermissionError):
            if owner and not is_alive(int(owner[1])):
                shutil.rmtree(left, ignore_errors=True)
    prefix = f"{prefix}{os.getpid()}_"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield os.path.realpath(folder)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def start(job: Job, folder: str, pool: Connection) -> Child:
    """Fork a child that runs a job in a new folder."""
    os.makedirs(f"{folder}/folder")
    for name in ("stdout", "stderr"):
        Path(folder, name).touch()
    job.scratch = folder
    if job.program is not None:
        job.root = f"{folder}/programs"
        job.path = f"{job.root}/program.py"
        os.mkdir(job.root)
        Path(job.path).write_text(job.program, "utf-8")
    progress = mmap.mmap(-1, LINE.size)
    pid = os.fork()
    if pid:
        return Child(job, pid, time.monotonic(), progress)
    status = 1
    try:
        os.setsid()
        ask_system(PR_SET_CHILD_SUBREAPER, 1)
        ask_system(PR_SET_PDEATHSIG, signal.SIGKILL)  # when the worker ends, however it does
        pool.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        child.run(job, lambda line: LINE.pack_into(progress, 0, line))
        status = 0
    except BaseException as error:  # a snippet can take from the engine, too, what it needs
        os.write(2, "".join(traceback.format_exception_only(error)).encode())
    finally:
        os._exit(status)


def look_after(one: Child) -> Result | None:
    """Return the result of a child that is done or has to be ended, or else None."""
    job, seconds = one.job, time.monotonic() - one.started
    pid, status = os.waitpid(one.pid, os.WNOHANG)
    if pid:
        end_group(pid)  # what it has started
        result, reason = outcome.of_ended(job, status)
    elif reason := outcome.exceeded(job, seconds):
        end_group(one.pid)
        os.waitpid(one.pid, 0)
        result = None
    else:
        return None
    if result is None:
        result = Result(job.stem, problems=[outcome.problem_of(job, one.line, reason)])
    result.opened = read_log(job.scratch)
    result.seconds = seconds
    return result


def end_group(pid: int) -> None:
    """End a child and all that it started, except for sessions of their own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def ask_system(option: int, value: int) -> None:
    """Set an option of this process, on Linux."""
    with contextlib.suppress(AttributeError):  # macOS has no prctl
        LIBC.prctl(option, value)


def end_children(spared: set[int]) -> None:
    """End all other children of this process, its own and those it has adopted, on Linux."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(FileNotFoundError):  # macOS has no such file
        while others := {int(pid) for pid in children.read_text().split()} - spared:
            for pid in others:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


if __name__ == "__main__":
    environment_of_pool, descriptor = sys.argv[1:]
    if environment_of_pool != environment():
        sys.exit("the engine's files or packages changed while it was running: start it again")
    with contextlib.suppress(SystemExit):
        main(Connection(int(descriptor)))
    os._exit(0)  # to take torch apart would keep the build waiting
