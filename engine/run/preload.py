# SPDX-License-Identifier: MIT
"""Import modules once in the worker, instead of in each of its child processes."""

import gc
import importlib
import sys
from pathlib import Path
from typing import Any

from engine.run.environment import imported_versions

LATE_IMPORTS = ("torch._dynamo",)  # modules that torch imports only when they are needed
LATE_IMPORTS_FILE = "late_imports"  # the file that lists those of a child, in its scratch folder


def import_once() -> None:
    """Import torch, NumPy and matplotlib, and fill their caches by drawing and printing once."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcdefaults()  # outputs must not depend on the author's matplotlibrc
    import numpy.random  # NumPy imports it only when it is used
    import torch
    from matplotlib import pyplot

    from engine.run import figures

    settings: Any = figures.RC
    matplotlib.rcParams.update(settings)
    figure, axes = pyplot.subplots(num="warm-up", layout="none")
    axes.axis("off")
    for weight in ("normal", "bold"):
        axes.text(0, 0, "1", weight=weight)
    figures.svg_of(figure, "warm-up")
    pyplot.close(figure)
    repr(torch.tensor([0.5]))
    numpy.random.seed()
    imported_versions()  # fills its cache
    gc.collect()
    gc.freeze()  # a collection in a child would write to shared memory pages, and so copy them


def save_late_imports(scratch: str) -> None:
    """Write the names of the late imports of this child process to its scratch folder."""
    names = [name for name in LATE_IMPORTS if name in sys.modules]
    Path(scratch, LATE_IMPORTS_FILE).write_text("\n".join(names), "utf-8")


def import_late(scratch: str) -> None:
    """Import the late imports of a child in the worker, so that later children inherit them.

    `torch._dynamo`, which optimizers and some masks of torch import, takes a second. In a cold
    build, dozens of children need it. This saves 33 s of 181 s of CPU time.
    """
    try:
        names = Path(scratch, LATE_IMPORTS_FILE).read_text("utf-8").split()
    except FileNotFoundError:
        return  # the child was killed
    for name in names:
        if name not in sys.modules:
            importlib.import_module(name)
            imported_versions()
            gc.freeze()
