# SPDX-License-Identifier: MIT
"""The worker: a process that imports torch and matplotlib once, and forks a child for each job.

`engine.run.pool` starts it. It receives jobs and sends results through one connection, and exits
when that is closed.

multiprocessing's forkserver cannot replace it. There can be only one forkserver per process, with
the author's environment, so the hash seed cannot be set and a second worker cannot differ. It also
leaves processes running that a snippet started in another session.
"""

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
POLL = 0.01  # seconds between checks of a child's limits
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from Linux's prctl.h


@dataclass
class Child:
    """A running child process, which stores its current line in the shared memory `progress`."""

    job: Job
    pid: int
    started: float
    progress: mmap.mmap

    @property
    def line(self) -> int:
        return int(LINE.unpack_from(self.progress)[0])


def main(pool: Connection) -> None:
    """Run the jobs that the pool sends, and send the results, until the connection is closed."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # there are no children to clean up yet
    import_once()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    set_process_option(PR_SET_CHILD_SUBREAPER, 1)  # adopt the orphans of a child
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
                for process in list(running):
                    if result := result_of(process):
                        running.remove(process)
                        kill_children({other.pid for other in running})
                        import_late(process.job.scratch)
                        shutil.rmtree(process.job.scratch, ignore_errors=True)
                        pool.send(result)
        except (EOFError, ConnectionError):
            return  # the pool closed the connection
        finally:
            for process in running:
                kill_group(process.pid)
            kill_children(set())


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """Yield a temporary folder for the children; first remove those that killed workers left."""
    prefix = "snippet-worker_"
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = re.match(rf"{prefix}(\d+)_", folder.name)
        with contextlib.suppress(PermissionError):
            if owner and not is_alive(int(owner[1])):
                shutil.rmtree(folder, ignore_errors=True)
    prefix = f"{prefix}{os.getpid()}_"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as scratch:
        yield os.path.realpath(scratch)


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
        set_process_option(PR_SET_CHILD_SUBREAPER, 1)
        set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)  # even if the worker is killed itself
        pool.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        child.run(job, lambda line: LINE.pack_into(progress, 0, line))
        status = 0
    except BaseException as error:  # a snippet can break the engine's code in this process
        os.write(2, "".join(traceback.format_exception_only(error)).encode())
    finally:
        os._exit(status)


def result_of(process: Child) -> Result | None:
    """Return the result of a child if it has ended or exceeds a limit, else None."""
    job, seconds = process.job, time.monotonic() - process.started
    pid, status = os.waitpid(process.pid, os.WNOHANG)
    if pid:
        kill_group(pid)  # the processes that it has started
        result, reason = outcome.read_result(job, status)
    elif reason := outcome.exceeded_limit(job, seconds):
        kill_group(process.pid)
        os.waitpid(process.pid, 0)
        result = None
    else:
        return None
    if result is None:
        result = Result(job.stem, problems=[outcome.problem_of(job, process.line, reason)])
    result.opened = read_log(job.scratch)
    result.seconds = seconds
    return result


def kill_group(pid: int) -> None:
    """Kill a child and the processes that it started, except those in other sessions."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def set_process_option(option: int, value: int) -> None:
    """Call prctl, on Linux."""
    with contextlib.suppress(AttributeError):  # macOS has no prctl
        LIBC.prctl(option, value)


def kill_children(spared: set[int]) -> None:
    """Kill all children of this process, adopted ones included, except `spared` (on Linux)."""
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
    os._exit(0)  # skips Python's cleanup, since that of torch is slow
