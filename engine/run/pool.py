# SPDX-License-Identifier: MIT
"""A pool of two workers that differ on purpose, and that run snippets and programs.

They differ in what may differ on a reader's machine: the hash seed, the time zone, the number of
threads and the folder; and each child process seeds its random generators from the system. The
outputs on pages come from the first worker, and the second one proves them.
"""

import contextlib
import multiprocessing.connection
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.model.problem import EngineError, Problem
from engine.model.result import Job, Result
from engine.run.compare import compare_runs
from engine.run.environment import check_installed, environment

# Variables that a process needs to start. Snippets see no others of the author's environment.
PASSED_ENV = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME")
FIXED_ENV = {
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
    "MPLBACKEND": "Agg",
    "PYTHONIOENCODING": "utf-8",
    "OMP_WAIT_POLICY": "PASSIVE",  # idle threads would spin, which costs a third more CPU time
    "KMP_BLOCKTIME": "0",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # reduces the time of a fork from 15 ms to 9 ms
}
SHOWN_ENV = {"PYTHONHASHSEED": "0", "TZ": "UTC", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# The time zone is a day ahead, so that every date differs. Two threads may add floats in another
# order than one thread; an output that this changes shows digits that are not significant.
PROOF_ENV = {
    "PYTHONHASHSEED": "1",
    "TZ": "AHEAD-24",
    "OMP_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
}
SHUTDOWN_TIMEOUT = 10  # seconds that a worker may take to exit


class Worker:
    """A worker process, and the connection to it."""

    def __init__(self, env: dict[str, str]) -> None:
        home = Path(__file__).parents[2]
        passed = {name: os.environ[name] for name in PASSED_ENV if name in os.environ}
        self.connection, worker_end = multiprocessing.Pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.run.worker", environment(), str(worker_end.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[worker_end.fileno()],
            cwd=home,
            env={**passed, **FIXED_ENV, **env, "PYTHONPATH": str(home)},
            start_new_session=True,  # Ctrl-C in the terminal must reach only the caller
        )
        worker_end.close()

    def send(self, jobs: list[Job]) -> None:
        """Send jobs from a thread, so that the two processes cannot block each other."""
        threading.Thread(target=self.write, args=(jobs,), daemon=True).start()

    def write(self, jobs: list[Job]) -> None:
        with contextlib.suppress(OSError, TypeError):  # closed or dead; `receive` reports it
            for job in jobs:
                self.connection.send(job)

    def close(self) -> None:
        """Stop the worker and its child processes."""
        self.process.terminate()
        self.connection.close()  # also stops it, since a signal during its imports can be lost
        try:
            self.process.wait(SHUTDOWN_TIMEOUT)
        except subprocess.TimeoutExpired:  # such as after a snippet sent it SIGSTOP
            self.process.kill()
            self.process.wait()


class Pool:
    """Two workers that are started at the first use and run until `close`."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self.lock = threading.Lock()

    def start(self) -> list[Worker]:
        """Start the workers unless they are alive; they import torch in the background."""
        if not self.workers or any(w.process.poll() is not None for w in self.workers):
            self.close()
            check_installed()
            self.workers = [Worker(SHOWN_ENV), Worker(PROOF_ENV)]
        return self.workers

    def run(self, jobs: list[Job]) -> Iterator[Result]:
        """Run the jobs, several at a time, and yield the results in the order of completion.

        A snippet with `proof` runs in both workers, and fails if its outputs differ. A program with
        `proof` runs only in the second worker. All other jobs run in the first.

        Raises EngineError if a worker dies.
        """
        if not jobs:
            return
        with self.lock:
            first, second = self.start()
            proved = {job.stem: job for job in jobs if job.program is None and job.proof}
            waiting = {job.stem for job in jobs}
            shown = [job for job in jobs if job.program is None or not job.proof]
            first.send([replace(job, proof=False) for job in shown])
            second.send([job for job in jobs if job.proof])
            half_done: dict[str, Result] = {}
            try:
                while waiting:
                    for worker, result in receive(first, second, waiting):
                        if result.stem in proved:
                            if (earlier := half_done.pop(result.stem, None)) is None:
                                half_done[result.stem] = result
                                continue
                            pair = (result, earlier) if worker is first else (earlier, result)
                            result = compare_runs(proved[result.stem], *pair)
                        waiting.discard(result.stem)
                        yield result
            finally:
                if waiting:  # discard the other results, or the next call would receive them
                    self.close()

    def close(self) -> None:
        """Stop the workers and their child processes."""
        workers, self.workers = self.workers, []
        for worker in workers:
            worker.close()


def receive(first: Worker, second: Worker, waiting: set[str]) -> Iterator[tuple[Worker, Result]]:
    """Wait until there are results, and yield each with its worker.

    Raises EngineError if a worker died; `waiting` are the stems of the jobs that are not done.
    """
    workers: dict[Any, Worker] = {first.connection: first, second.connection: second}
    for connection in multiprocessing.connection.wait(workers):
        worker = workers[connection]
        try:
            yield worker, with_hint(worker.connection.recv())
        except (EOFError, OSError) as error:
            message = describe_exit(worker, waiting)
            raise EngineError([Problem("engine/run/worker.py:1", message)]) from error


def with_hint(result: Result) -> Result:
    """Return the result; a failed import that the author's PYTHONPATH explains gets a hint."""
    for number, problem in enumerate(result.problems):
        missing = re.search(r"ModuleNotFoundError: No module named '(\w+)", problem.message)
        for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if missing else []:
            if missing and folder and list(Path(folder).glob(f"{missing[1]}*")):
                first, *calls = problem.message.split("\n")
                message = f"{first}. PYTHONPATH has it, which snippets run without: install it"
                result.problems[number] = replace(problem, message="\n".join([message, *calls]))
                break
    return result


def describe_exit(worker: Worker, waiting: set[str]) -> str:
    status = worker.process.wait()
    first, *others = sorted(waiting)
    left = f"{first} and {len(others)} more" if others else first
    return (
        f"the worker ended (exit status {status}) before it had run {left}; "
        f"what it said stands above"
    )
