# SPDX-License-Identifier: MIT
"""Keeps a worker process, and sends it the snippets to run."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from engine.model.problem import EngineError, Problem
from engine.model.result import Job, Result
from engine.run import sources

# What a process needs to start at all; the rest of the author's environment is not the snippets'.
KEPT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME")
FIXED = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a fork copies few large pages, not many small
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "COLUMNS": "80",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8",
}

PATIENCE = 10  # seconds that a worker may take to end
MOST_WAITING = 1 << 20  # bytes of results that can wait while this process makes pages


class Pool:
    """A worker that is started when first needed and kept until `close`.

    hash_seed: the PYTHONHASHSEED of the snippets. With two pools of different seeds, an output
    that hangs on the order of a set differs.
    """

    def __init__(self, hash_seed: int = 0) -> None:
        self.hash_seed = hash_seed
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the worker if none is alive; it imports while the caller goes on."""
        if self.process is None or self.process.poll() is not None:
            home = Path(__file__).parents[2]
            self.process = subprocess.Popen(
                [sys.executable, "-m", "engine.run.worker", sources.environment()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=MOST_WAITING,
                cwd=home,
                env={
                    **{name: os.environ[name] for name in KEPT if name in os.environ},
                    **FIXED,
                    "PYTHONPATH": str(home),
                    "PYTHONHASHSEED": str(self.hash_seed),
                },
                start_new_session=True,  # an interrupt in the terminal is the caller's to handle
            )
            with contextlib.suppress(AttributeError, OSError):  # macOS; more than a user may have
                fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, MOST_WAITING)
        return self.process

    def run(self, jobs: list[Job]) -> Iterator[Result]:
        """Runs the jobs, several at a time, and yields each result as it comes.

        Raises EngineError where the worker itself dies.
        """
        if not jobs:
            return
        with self.lock:
            process = self.start()
            assert process.stdin and process.stdout
            waiting = {job.stem for job in jobs}
            # In a thread: with many jobs both pipes can be full, and each side would wait.
            threading.Thread(target=send, args=(process.stdin, jobs), daemon=True).start()
            try:
                while waiting:
                    line = process.stdout.readline()
                    if not line:
                        status = process.wait()
                        first, *others = sorted(waiting)
                        left = f"{first} and {len(others)} more" if others else first
                        what = (
                            f"the worker ended (exit status {status}) before it had run {left}; "
                            f"what it said stands above"
                        )
                        raise EngineError([Problem("engine/run/worker.py:1", what)])
                    result = Result.of(json.loads(line))
                    waiting.discard(result.stem)
                    yield result
            finally:
                if waiting:  # nobody takes the rest, which must not pass for later results
                    self.close()

    def close(self) -> None:
        """Ends the worker and whatever it is running."""
        process, self.process = self.process, None
        if process:
            process.terminate()
            # The end of its input ends it too: a signal can be lost while it imports.
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:  # a snippet can stop it, too
                process.kill()
                process.wait()


def send(pipe: IO[bytes], jobs: list[Job]) -> None:
    with contextlib.suppress(BrokenPipeError, ValueError):  # the worker died: `run` tells it
        for job in jobs:
            pipe.write(json.dumps(job, default=vars).encode() + b"\n")
        pipe.flush()
