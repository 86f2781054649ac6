# SPDX-License-Identifier: MIT
"""Fixtures for the notebooks of the built site, and for the outcomes of their runs."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ANSWER = "check_answer("  # marks a cell for a reader's answer to an exercise
# Modules that a session imports before it runs a notebook, and the code that needs them.
IMPORTED = {"torch": "torch.", "matplotlib.pyplot": "plt."}


@pytest.fixture(scope="session")
def notebook(site: Path):
    """`notebook("inputs", "solved")` reads a notebook of the built site."""

    def read(name: str, kind: str):
        path = site / "notebooks" / f"{name}_{kind}" / f"{name}_{kind}.ipynb"
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)

    return read


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., None]]:
    """`session(job)` runs a notebook in a process without the project on its path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in a kernel
        "OMP_NUM_THREADS": "1",  # because threads do not survive a fork
    }
    with subprocess.Popen(
        [sys.executable, "-P", Path(__file__).with_name("sessions.py"), *IMPORTED],
        cwd=tmp_path_factory.mktemp("sessions"),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:

        def run(job: dict[str, Any]) -> None:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps(job) + "\n")
            process.stdout.readline()

        yield run


@pytest.fixture(scope="session")
def outcome(notebook, session: Callable[..., None], once: Callable[..., Path]):
    """`outcome("inputs")` returns the results of the solved notebook and of tries at its blanks.

    At each blank, the three dots are tried first, then each wrong answer.
    """

    def run(name: str, folder: Path) -> None:
        folder.mkdir()
        (folder / "empty").mkdir()
        solved, hands_on = (code_of(notebook(name, kind)) for kind in ("solved", "hands_on"))
        tries = {
            place: [
                [hands_on[place], *fillings, hands_on[place + 1]]
                for fillings in [[], *([filling] for filling, _ in wrong)]
            ]
            for place, wrong in blanks(name, solved, hands_on).items()
        }
        tries |= {
            place: [[cell], [cell.replace("= ...", "= [-987.5]")]]
            for place, cell in enumerate(hands_on)
            if ANSWER in cell
        }
        session(
            {
                "sources": solved,
                "tries": tries,
                "folder": str(folder / "empty"),
                "outcome": str(folder / "outcome.json"),
            }
        )

    def read(name: str) -> dict[str, Any]:
        folder = once(f"notebook-{name}", lambda folder: run(name, folder))
        return json.loads((folder / "outcome.json").read_text("utf-8"))

    return read


def code_of(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def blanks(name: str, solved: list[str], hands_on: list[str]) -> dict[int, list[tuple[str, str]]]:
    """Return the places of the blanks, each with its wrong answers and words of their messages."""
    wrong = wrong_fillings(name)
    return {
        place: [(filling, words) for filling, words in wrong if binds(filling, solution)]
        for place, (blank, solution) in enumerate(zip(hands_on, solved, strict=True))
        if blank != solution and ANSWER not in blank
    }


def wrong_fillings(name: str) -> list[tuple[str, str]]:
    """Return wrong answers that a reader may write, each with words of its message."""
    path = Path(__file__).parent / "fillings" / f"{name}.py"
    return runpy.run_path(str(path))["WRONG"] if path.is_file() else []


def binds(filling: str, solution: str) -> bool:
    """Return whether an answer belongs to the blank in place of a solution."""
    found = re.match(r"(?:def |class )?(\w+)", filling)
    assert found, filling
    return bool(
        re.search(rf"^({found[1]}(, \w+)* = |(def|class) {found[1]}\b)", solution, re.MULTILINE)
    )
