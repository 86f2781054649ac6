# SPDX-License-Identifier: MIT
"""Set up a child process like a new Python process, and run Python's own cleanup at its end."""

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
TRACE = "trace"  # the file for faulthandler's traceback of a crash or a timeout
# Warnings that the engine itself causes, by setting a layout and a backend without windows.
IGNORED_WARNINGS = ("The figure layout has changed to tight", "FigureCanvasAgg is non-interactive")


def set_up(job: Job, guard: Guard, shapes: ShapeChecker) -> None:
    """Set up this process like a new one that runs the snippet as its main program."""
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
    atexit._clear()  # drop the callbacks that libraries registered in the worker
    for message in IGNORED_WARNINGS:
        warnings.filterwarnings("ignore", message)


def seed_from_system() -> None:
    """Seed all random generators from the system, so that a proof detects a missing seed."""
    import numpy as np
    import torch

    random.seed()
    np.random.seed()
    torch.seed()


def refuse_breakpoint() -> None:
    raise RuntimeError("nobody is there to answer breakpoint(): take it out")


def limit_memory() -> None:
    """Limit the address space, so that Python raises MemoryError before the system kills a process.

    The size of files has the same limit, because the scratch folder can be a RAM disk.
    """
    with contextlib.suppress(OSError, ValueError):  # macOS has neither the file nor the limit
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        total = pages * os.sysconf("SC_PAGE_SIZE") + MAX_MEMORY
        for limit, value in ((resource.RLIMIT_AS, total), (resource.RLIMIT_FSIZE, MAX_MEMORY)):
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def end_python(module: types.ModuleType) -> None:
    """Run the atexit callbacks and delete all variables, as Python does when it exits.

    Python would first wait for threads that are not daemons. If there are any, skip the cleanup.
    """
    threads = {*threading.enumerate()} - {threading.current_thread()}
    if all(thread.daemon for thread in threads):
        atexit._run_exitfuncs()
        for name in sorted(vars(module), key=lambda name: not name.startswith("_")):
            if name != "__builtins__":
                vars(module)[name] = None
        gc.collect()
