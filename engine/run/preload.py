# SPDX-License-Identifier: MIT
"""Imports in the worker what its children would else import each by itself."""

from __future__ import annotations

import gc
import importlib
import sys
from pathlib import Path
from typing import Any

from engine.model.result import Job
from engine.run.environment import imported_versions

LATE_IMPORTS = {"torch.optim": "torch._dynamo", "flex_attention": "torch._dynamo"}


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


def import_late(job: Job) -> None:
    """Import what torch itself imports only when a job uses it: here, and not in every child.

    The import of `torch._dynamo`, which an optimizer causes, takes 0.9 s. A dozen children of a
    cold build need it, so this saves a fifth of its processor time.
    """
    text = job.program
    if text is None:
        try:
            text = Path(job.path).read_text("utf-8", "replace")
        except OSError:
            return  # the child will report it
    for word, module in LATE_IMPORTS.items():
        if word in text and module not in sys.modules:
            importlib.import_module(module)
            imported_versions()
            gc.freeze()
