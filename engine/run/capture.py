# SPDX-License-Identifier: MIT
"""Capture the stdout and the figures of a run, section by section."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from engine.model.problem import visible
from engine.model.result import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

LIBC = ctypes.CDLL(None)
APPEND = os.O_WRONLY | os.O_APPEND | os.O_TRUNC
MAX_FIGURES = 20  # in one section; pages show one or two
# Escape sequences of terminals, such as colors, links and cursor movements.
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")


def redirect_output(scratch: str) -> None:
    """Redirect stdout and stderr to files in `scratch`, and stdin to the null device."""
    for descriptor, name, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, f"{scratch}/stdout", APPEND),
        (2, f"{scratch}/stderr", APPEND),
    ):
        file = os.open(name, mode)
        os.dup2(file, descriptor)
        os.close(file)
    sys.stdout, sys.stderr = writer(1), writer(2)


def writer(descriptor: int) -> TextIO:
    """Return a stream like `sys.stdout` in a new process, but always in UTF-8."""
    # Line buffering keeps the output of subprocesses in the order that a terminal would show.
    return os.fdopen(
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def flush() -> None:
    for stream in {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}:
        with contextlib.suppress(ValueError, AttributeError, OSError):
            stream.flush()  # type: ignore[union-attr]
    LIBC.fflush(None)  # the buffers of C code


class Output:
    """The captured stdout, read in pieces."""

    def __init__(self, scratch: str) -> None:
        self.path, self.offset = f"{scratch}/stdout", 0

    def read(self) -> str:
        """Return the stdout since the last call, as a terminal would show it."""
        flush()
        with open(self.path, "rb") as stdout:
            stdout.seek(self.offset)
            data = stdout.read()
        self.offset += len(data)
        return as_shown(data.decode("utf-8", "replace"))


def as_shown(text: str) -> str:
    r"""Return a text roughly as a terminal shows it: without colors, progress bars at their end.

    Text before a carriage return is dropped, as it is overwritten. Other control characters are
    escaped: `\x07`.
    """
    lines = ESCAPES.sub("", text).split("\n")
    return visible("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def read_errors(scratch: str, root: str) -> str:
    """Return the captured stderr, with paths relative to the root."""
    text = Path(f"{scratch}/stderr").read_text("utf-8", "replace")
    return as_shown(text.replace(f"{root}/", ""))


def take_figures(prefix: str) -> list[tuple[Drawing, Figure]]:
    """Close all open figures of pyplot; return each with its SVG, in order.

    prefix: starts the ids in the SVG

    Raises ValueError if a page cannot show one of them.
    """
    from matplotlib import pyplot

    from engine.run import figures

    numbers = pyplot.get_fignums()
    if len(numbers) > MAX_FIGURES:
        raise ValueError(f"draws {len(numbers)} figures: a page can show {MAX_FIGURES} at the most")
    taken: list[tuple[Drawing, Figure]] = []
    for number in numbers:
        drawing = pyplot.figure(number)
        try:
            text = figures.save_svg(drawing)
            svg = figures.svg_of(drawing, f"{prefix}.{len(taken) + 1}", text)
            figure = Figure(svg, figures.digest_of(drawing, text))
        except ValueError:
            raise
        except Exception as error:
            label = figures.title_of(drawing)
            message = f"the figure '{label}' cannot be drawn: {type(error).__name__}: {error}"
            raise ValueError(message) from error
        drawing.stale = False  # matplotlib sets it to True at the next change
        taken.append((drawing, figure))
    pyplot.close("all")
    return taken
