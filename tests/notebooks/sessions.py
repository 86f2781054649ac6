# SPDX-License-Identifier: MIT
"""Run notebooks as a kernel does, cell by cell in IPython, but without a kernel's messages.

    python -P sessions.py torch matplotlib.pyplot

Imports the named modules first, because that would take two seconds of processor time for each
notebook. Reads jobs, one per line. For each job it forks a process, which writes its outcome to a
file, and then prints an empty line. The project is not on the path.

A job has `sources`, the code of the cells; `tries`, for the index of a cell alternative code, each
with the code of the cell that checks it; a `folder` to run in; and `outcome`, the file to write.
Each try runs in a fork, so that it does not affect the notebook.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


def run_cell(shell: InteractiveShell, source: str) -> dict[str, Any]:
    """Run a cell. Return its error, its output on both streams, and the number of figures."""
    with capture_output() as captured:
        result = shell.run_cell(source)
    error = result.error_before_exec or result.error_in_exec
    return {
        "error": f"{type(error).__name__}: {error}" if error else None,
        "printed": captured.stdout,
        "stderr": captured.stderr,
        "drawn": sum("image/svg+xml" in output.data for output in captured.outputs),
    }


def try_cells(shell: InteractiveShell, sources: list[str]) -> list[dict[str, Any]]:
    """Return the outcomes of cells that run in a forked process."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        with open(writer, "w", encoding="utf-8") as stream:
            json.dump([run_cell(shell, source) for source in sources], stream)
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as stream:
        outcomes = json.load(stream)
    os.wait()
    return outcomes


def run(job: dict[str, Any]) -> None:
    os.chdir(job["folder"])
    config = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = lambda *_, **__: None  # the outcome has the error
    cells, tries = [], {}
    for place, source in enumerate(job["sources"]):
        if found := job["tries"].get(str(place)):
            tries[place] = [try_cells(shell, sources) for sources in found]
        cells.append(run_cell(shell, source))
    outcome = {"cells": cells, "tries": tries, "modules": sorted(sys.modules)}
    Path(job["outcome"]).write_text(json.dumps(outcome), "utf-8")


def main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.freeze()  # a garbage collection in a fork would copy every memory page that it touches
    for line in sys.stdin:
        if os.fork() == 0:
            run(json.loads(line))
            os._exit(0)
        os.wait()
        print(flush=True)


if __name__ == "__main__":
    main()
