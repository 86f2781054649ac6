# SPDX-License-Identifier: MIT
"""Imports in the worker what its children would else import each by itself."""

from __future__ import annotations

import gc
import importlib
import sys
from pathlib import Path
from typing import Any

from engine.run.environment import imported_versions

LATE_IMPORTS = ("torch._dynamo",)  # what torch itself imports only when something asks for it
NOTE = "late_imports"


def import_once() -> None:
    """Import what every snippet may need, and draw and print once, so that no child has to."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcdefaults()  # the outputs must not depend on the author's own matplotlibrc
    import numpy.random  # which NumPy would import when a child asks for it
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
    imported_versions()  # which caches them
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it looks at


def note_late_imports(scratch: str) -> None:
    """Note in a child's folder what it had to import by itself."""
    names = [name for name in LATE_IMPORTS if name in sys.modules]
    Path(scratch, NOTE).write_text("\n".join(names), "utf-8")


def import_late(scratch: str) -> None:
    """Import in the worker what a child had to import by itself, so that the next need not.

    `torch._dynamo`, which an optimizer or a mask of torch's causes, takes a second. Dozens of
    children of a cold build need it: without this, it took 81 s of processor time instead of 57.
    """
    try:
        names = Path(scratch, NOTE).read_text("utf-8").split()
    except FileNotFoundError:
        return  # it did not come to its end
    for name in names:
        if name not in sys.modules:
            importlib.import_module(name)
            imported_versions()
            gc.freeze()
