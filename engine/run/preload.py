# SPDX-License-Identifier: MIT
"""Import modules once in the worker, instead of in each of its child processes."""

import gc
import importlib
import sys
from pathlib import Path
from typing import Any

from engine.run.environment import imported_versions

LATE_IMPORT = "torch._dynamo"  # a module that torch imports only when it is needed


def import_once() -> None:
    """Import torch, NumPy and matplotlib, with the settings of figures."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcdefaults()  # outputs must not depend on the author's matplotlibrc
    for name in ("torch", "numpy.random", "matplotlib.pyplot"):
        importlib.import_module(name)

    from engine.run import figures

    settings: Any = figures.RC
    matplotlib.rcParams.update(settings)
    imported_versions()  # fills its cache
    gc.collect()
    gc.freeze()  # a collection in a child would write to shared memory pages, and so copy them


def note_late_import(scratch: str) -> None:
    """Leave a file in the scratch folder of this child process if it has the late import."""
    if LATE_IMPORT in sys.modules:
        Path(scratch, LATE_IMPORT).touch()


def import_late(scratch: str) -> None:
    """Import the late import of a child in the worker, so that later children inherit it.

    `torch._dynamo`, which optimizers and some masks of torch import, takes a second. In a cold
    build, dozens of children need it. This saves 33 s of 181 s of CPU time.
    """
    if LATE_IMPORT not in sys.modules and Path(scratch, LATE_IMPORT).exists():
        importlib.import_module(LATE_IMPORT)
        imported_versions()
        gc.freeze()
