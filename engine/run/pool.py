# SPDX-License-Identifier: MIT
"""Keeps two workers that differ on purpose, and sends them the snippets to run.

Whatever would differ on a reader's machine differs between them: the seed of hashes, the time
zone, the number of threads and the folder; each child also seeds its random numbers anew. What a
page shows comes from the first, its proof from the second.
"""

from __future__ import annotations

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
from engine.run.compare import compared
from engine.run.environment import check_installed, environment

# What a process needs to start at all; the rest of the author's environment is not the snippets'.
PASSED_ENV = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME")
FIXED_ENV = {
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
    "MPLBACKEND": "Agg",
    "PYTHONIOENCODING": "utf-8",
    "OMP_WAIT_POLICY": "PASSIVE",  # else a second thread spins: a third more processor time
    "KMP_BLOCKTIME": "0",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a fork takes 9 ms instead of 15
}
SHOWN_ENV = {"PYTHONHASHSEED": "0", "TZ": "UTC", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# A day ahead, so that no date is the same. Two threads may add floats in another order than one:
# a number that this changes is shown with more digits than it has.
PROOF_ENV = {
    "PYTHONHASHSEED": "1",
    "TZ": "AHEAD-24",
    "OMP_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
}
SHUTDOWN_TIMEOUT = 10  # seconds that a worker may take to end


class Worker:
    """A worker process, and the connection to it."""

    def __init__(self, env: dict[str, str]) -> None:
        home = Path(__file__).parents[2]
        passed = {name: os.environ[name] for name in PASSED_ENV if name in os.environ}
        self.connection, other = multiprocessing.Pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.run.worker", environment(), str(other.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[other.fileno()],
            cwd=home,
            env={**passed, **FIXED_ENV, **env, "PYTHONPATH": str(home)},
            start_new_session=True,  # an interrupt in the terminal is the caller's to handle
        )
        other.close()

    def send(self, jobs: list[Job]) -> None:
        """Send jobs, while results are taken: neither process waits for the other to read."""
        threading.Thread(target=self.write, args=(jobs,), daemon=True).start()

    def write(self, jobs: list[Job]) -> None:
        with contextlib.suppress(OSError, TypeError):  # it was closed, or ended: see `received`
            for job in jobs:
                self.connection.send(job)

    def close(self) -> None:
        """End the process and whatever it is running."""
        self.process.terminate()
        self.connection.close()  # which ends it too: a signal can be lost while it imports
        try:
            self.process.wait(SHUTDOWN_TIMEOUT)
        except subprocess.TimeoutExpired:  # a snippet can stop it, too
            self.process.kill()
            self.process.wait()


class Pool:
    """Two workers that are started when first needed and kept until `close`."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self.lock = threading.Lock()

    def start(self) -> list[Worker]:
        """Start the workers unless they are alive; they import while the caller goes on."""
        if not self.workers or any(one.process.poll() is not None for one in self.workers):
            self.close()
            check_installed()
            self.workers = [Worker(SHOWN_ENV), Worker(PROOF_ENV)]
        return self.workers

    def run(self, jobs: list[Job]) -> Iterator[Result]:
        """Run the jobs, several at a time, and yield each result as it comes.

        A snippet that is to be proved runs in both workers, and fails where its outputs differ; a
        program runs in the second for a proof, else in the first.

        Raises EngineError where a worker itself dies.
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
                    for worker, result in received(first, second, waiting):
                        if result.stem in proved:
                            if (other := half_done.pop(result.stem, None)) is None:
                                half_done[result.stem] = result
                                continue
                            pair = (result, other) if worker is first else (other, result)
                            result = compared(proved[result.stem], *pair)
                        waiting.discard(result.stem)
                        yield result
            finally:
                if waiting:  # nobody takes the rest, which must not pass for later results
                    self.close()

    def close(self) -> None:
        """End the workers and whatever they are running."""
        workers, self.workers = self.workers, []
        for worker in workers:
            worker.close()


def received(first: Worker, second: Worker, waiting: set[str]) -> Iterator[tuple[Worker, Result]]:
    """Wait for results, and yield each with the worker that it comes from.

    Raises EngineError where a worker itself died; `waiting` is what it had still to run.
    """
    workers: dict[Any, Worker] = {first.connection: first, second.connection: second}
    for connection in multiprocessing.connection.wait(workers):
        worker = workers[connection]
        try:
            yield worker, with_hint(worker.connection.recv())
        except (EOFError, OSError) as error:
            message = died(worker, waiting)
            raise EngineError([Problem("engine/run/worker.py:1", message)]) from error


def with_hint(result: Result) -> Result:
    """Say where a module is that only the author's PYTHONPATH has."""
    for number, problem in enumerate(result.problems):
        missing = re.search(r"ModuleNotFoundError: No module named '(\w+)", problem.message)
        for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if missing else []:
            if missing and folder and list(Path(folder).glob(f"{missing[1]}*")):
                first, *calls = problem.message.split("\n")
                message = f"{first}. PYTHONPATH has it, which snippets run without: install it"
                result.problems[number] = replace(problem, message="\n".join([message, *calls]))
                break
    return result


def died(worker: Worker, waiting: set[str]) -> str:
    status = worker.process.wait()
    first, *others = sorted(waiting)
    left = f"{first} and {len(others)} more" if others else first
    return (
        f"the worker ended (exit status {status}) before it had run {left}; "
        f"what it said stands above"
    )
