# SPDX-License-Identifier: MIT
"""Runs a command: how long it takes, how it ends, and the most memory its processes hold."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.2  # seconds between looks at the memory


@dataclass(frozen=True)
class Run:
    """seconds: None where the time limit ended it; peak: bytes, None where it was not looked at."""

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
    """Runs a command in a folder, and ends it and all that it started after `limit` seconds."""
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
    """A process and all that it started, directly or not."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def memory_of(pid: int) -> int:
    """Bytes that a process holds, with its part of what it shares with others (PSS)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
