# SPDX-License-Identifier: MIT
"""Makes a child look like a new Python process, and ends it like one."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import gc
import os
import random
import resource
import sys
import threading
import types
import warnings
from pathlib import Path

from engine.model.result import Job
from engine.run.capture import APPEND
from engine.run.guard import Guard
from engine.run.loader import import_from_source
from engine.run.shapes import ShapeChecker
from engine.run.tracebacks import MAX_MEMORY

HOME = str(Path(__file__).resolve().parents[2])
TRACE = "trace"  # where Python was when it crashed, or when its time was over
# The engine's own settings cause these: the layout it sets, and the backend without a window.
NOT_THE_AUTHORS = ("The figure layout has changed to tight", "FigureCanvasAgg is non-interactive")


def set_up(job: Job, guard: Guard, shapes: ShapeChecker) -> None:
    """Make this process look like a new one that runs the snippet as its main program."""
    trace = os.open(f"{job.scratch}/{TRACE}", APPEND | os.O_CREAT)
    faulthandler.enable(trace, all_threads=False)
    faulthandler.dump_traceback_later(job.timeout, file=trace)
    os.chdir(f"{job.scratch}/folder")
    if job.program is None:
        import_from_source(job.root, guard, shapes)
    else:
        sys.path[:] = [p for p in sys.path if os.path.realpath(p) not in (HOME, job.scratch)]
    sys.path.insert(0, job.root)
    sys.argv = [job.path]
    sys.dont_write_bytecode = True
    sys.breakpointhook = refuse_breakpoint
    atexit._clear()  # what libraries registered in the worker
    for message in NOT_THE_AUTHORS:
        warnings.filterwarnings("ignore", message)


def seed_differently() -> None:
    """Seed all generators from the system, so that a seed that is missing shows."""
    import numpy as np
    import torch

    random.seed()
    np.random.seed()
    torch.seed()


def refuse_breakpoint() -> None:
    raise RuntimeError("nobody is there to answer breakpoint(): take it out")


def limit_memory() -> None:
    """Let Python raise MemoryError, with a line, before the system has to kill some process.

    A file may not be larger either: its folder can lie in memory.
    """
    with contextlib.suppress(OSError, ValueError):  # macOS has neither the file nor the limit
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MAX_MEMORY
        for limit, value in ((resource.RLIMIT_AS, most), (resource.RLIMIT_FSIZE, MAX_MEMORY)):
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def end_python(module: types.ModuleType) -> None:
    """Do what Python does at its end: call what atexit registered, then drop all variables.

    Python itself would wait for threads first; with a thread that lives on, nothing is done.
    """
    others = {*threading.enumerate()} - {threading.current_thread()}
    if all(thread.daemon for thread in others):
        atexit._run_exitfuncs()
        for name in sorted(vars(module), key=lambda name: not name.startswith("_")):
            if name != "__builtins__":
                vars(module)[name] = None
        gc.collect()
