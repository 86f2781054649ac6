# SPDX-License-Identifier: MIT
"""A kernel of its own for a notebook, cell by cell."""

from __future__ import annotations

import os

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

IMPORTED = ("torch", "matplotlib.pyplot")  # by a kernel before its notebook is run


class Forked:
    """A kernel, with as much of `subprocess.Popen` as Jupyter asks for."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        return 0


class Run:
    """One notebook in a kernel of its own, cell by cell."""

    def __init__(self, client: NotebookClient) -> None:
        self.client = client
        self.cells = client.nb.cells

    def cell(self, place: int, source: str | None = None) -> str | None:
        """Runs a cell, or other code in its place; returns what it raised, in words, or None."""
        cell = self.cells[place]
        if cell.cell_type != "code":
            return None
        cell.source = cell.source if source is None else source
        try:
            self.client.execute_cell(cell, place)
        except CellExecutionError as error:
            return f"{error.ename}: {error.evalue}"
        return None

    def code(self, source: str) -> str:
        """What code prints that is no part of the notebook."""
        self.cells.append(nbformat.v4.new_code_cell(source))
        try:
            assert self.cell(len(self.cells) - 1) is None
            return printed(self.cells[-1])
        finally:
            self.cells.pop()


def printed(cell) -> str:
    return "".join(o["text"] for o in cell.outputs if o["output_type"] == "stream")


def drawn(cell) -> int:
    return sum("image/svg+xml" in o.get("data", {}) for o in cell.outputs)
