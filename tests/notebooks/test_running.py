# SPDX-License-Identifier: MIT
"""Every notebook, run from top to bottom as a reader runs it: alone, in an empty folder."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.notebooks.kernels import IMPORTED, drawn, printed
from tests.support.chapters import CHAPTER_OF, NOTEBOOKS


def wrong_fillings(name: str) -> list[tuple[str, str]]:
    """What a reader may write in a blank, and words of the message that is meant for it."""
    path = Path(__file__).parent / "fillings" / f"{name}.py"
    return runpy.run_path(str(path))["WRONG"] if path.is_file() else []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_solved_notebook_gives_the_outputs_that_are_in_it(name, notebook, running) -> None:
    solved = notebook(name, "solved")
    with running(solved) as run:
        for place, cell in enumerate(solved.cells):
            assert run.cell(place) is None, cell.source
            if cell.cell_type == "code" and not is_measured(cell):
                now = run.cells[place]
                assert (printed(now), drawn(now)) == (printed(cell), drawn(cell)), cell.source
                assert not [o for o in now.outputs if o.get("name") == "stderr"]
        modules = run.code("import sys; print(*sys.modules)").split()
    assert "torch" in modules
    assert not {"snippets", "engine"} & set(modules), "it took something from the repository"


@pytest.mark.parametrize("name", CHAPTER_OF)
def test_a_solved_notebook_has_what_the_page_printed(name, notebook, site) -> None:
    page = BeautifulSoup((site / CHAPTER_OF[name] / "index.html").read_text(), "html.parser")
    shown = [
        block.find("code").get_text().rstrip() for block in page.select(".language-text.highlight")
    ]
    solved = notebook(name, "solved")
    held = "\n".join(printed(c) if c.cell_type == "code" else c.source for c in solved.cells)
    missing = [text for text in shown if text not in held.replace("\n> ", "\n")]
    assert shown and not missing
    drawings = page.select("figure.drawing")
    assert sum(drawn(c) for c in solved.cells if c.cell_type == "code") == len(drawings)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_hands_on_notebook_stops_at_its_blanks_and_passes_when_they_are_filled(
    name, notebook, running
) -> None:
    hands_on, solved = notebook(name, "hands_on"), notebook(name, "solved")
    assert len(hands_on.cells) == len(solved.cells)
    blanks = [
        place
        for place, (blank, whole) in enumerate(zip(hands_on.cells, solved.cells, strict=True))
        if blank.cell_type == "code" and blank.source != whole.source
    ]
    assert blanks
    wrong = wrong_fillings(name)
    met = 0
    with running(hands_on) as run:
        for place, cell in enumerate(hands_on.cells):
            if place in blanks:
                assert "# TO-DO: " in cell.source and re.search(
                    r"^\s*(\w+ = )?\.\.\.", cell.source, re.M
                )
                assert run.cell(place) is None, "a blank by itself is no error"
                told = run.cell(place + 1)
                assert told and told.startswith("NotYet: ") and "still a blank" in told, told
                solution = solved.cells[place].source
                for filling, words in [w for w in wrong if binds(w[0], solution)]:
                    assert run.cell(place, filling) is None, filling
                    told = run.cell(place + 1) or "nothing"
                    assert words.lower() in told.lower(), f"{filling}: {told}"
                    assert not gives_away(told, solution), f"{filling}: {told}"
                    met += 1
                assert run.cell(place, solution) is None
            else:
                assert run.cell(place) is None, cell.source
            if cell.cell_type == "code" and not is_measured(cell):
                kept = solved.cells[place]
                now = run.cells[place]
                assert (printed(now), drawn(now)) == (printed(kept), drawn(kept)), cell.source
    assert met == len(wrong)


def is_measured(cell) -> bool:
    """Whether outputs differ from run to run, as times do."""
    return "measured" in cell.metadata.get("tags", [])


def binds(filling: str, solution: str) -> bool:
    name = re.match(r"(?:def |class )?(\w+)", filling)[1]
    return bool(re.search(rf"^({name}(, \w+)* = |(def|class) {name}\b)", solution, re.MULTILINE))


def gives_away(told: str, solution: str) -> bool:
    """Whether a message holds the right-hand side of a line of the solution."""
    sides = [line.partition(" = ")[2].partition("  #")[0] for line in solution.splitlines()]
    return any(len(side) > 3 and side in told for side in sides)


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("kind", ["hands_on", "solved"])
def test_a_notebook_needs_torch_matplotlib_numpy_and_jupyter_alone(name, kind, notebook) -> None:
    code = "\n".join(c.source for c in notebook(name, kind).cells if c.cell_type == "code")
    roots = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    assert "torch" in roots
    assert roots - sys.stdlib_module_names <= {"torch", "numpy", "matplotlib", "matplotlib_inline"}


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("kind", ["hands_on", "solved"])
def test_a_notebook_imports_for_itself_what_its_kernel_here_has_imported(
    name, kind, notebook
) -> None:
    code = "\n".join(c.source for c in notebook(name, kind).cells if c.cell_type == "code")
    for module in IMPORTED:
        assert re.search(rf"^import {re.escape(module)}( as \w+)?$", code, re.MULTILINE)
