# SPDX-License-Identifier: MIT
"""Run a command, and measure its duration and the peak memory of its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.2  # seconds between two measurements of the memory


@dataclass(frozen=True)
class Run:
    """seconds: None if the time limit ended it; peak: bytes, None if not measured."""

    seconds: float | None
    status: int | None
    output: str
    peak: int | None


def run(
    command: list[str],
    folder: Path,
    environment: dict[str, str],
    limit: float,
    memory: bool = False,
) -> Run:
    """Run a command in a folder. After `limit` seconds, kill it and its descendants."""
    peak = 0
    done = threading.Event()
    with open(folder / "said.txt", "w+b") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        def look() -> None:
            nonlocal peak
            while not done.wait(LOOK_EVERY):
                peak = max(peak, sum(map(memory_of, tree(process.pid))))

        watcher = threading.Thread(target=look, daemon=True)
        if memory:
            watcher.start()
        try:
            status = process.wait(limit)
            seconds = time.perf_counter() - started
        except subprocess.TimeoutExpired:
            status = seconds = None
        finally:
            done.set()
            if memory:
                watcher.join()
            if process.poll() is None:
                end(tree(process.pid))
                process.wait()
        said.seek(0)
        output = said.read().decode("utf-8", "replace")
    return Run(seconds, status, output, peak or None)


def tree(pid: int) -> list[int]:
    """Return the ids of a process and its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def memory_of(pid: int) -> int:
    """Return the memory of a process in bytes, with its share of shared memory (PSS)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
