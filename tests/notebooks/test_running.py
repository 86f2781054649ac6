# SPDX-License-Identifier: MIT
"""Every notebook runs from top to bottom as a reader would run it: alone, in an empty folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.notebooks.conftest import IMPORTED, blanks, code_of, wrong_fillings
from tests.support.chapters import CHAPTER_OF, KINDS, NOTEBOOKS


def printed(cell) -> str:
    return "".join(o["text"] for o in cell.get("outputs", []) if o["output_type"] == "stream")


def drawn(cell) -> int:
    return sum("image/svg+xml" in o.get("data", {}) for o in cell.get("outputs", []))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_solved_notebook_reproduces_its_outputs(name, notebook, outcome) -> None:
    cells = [cell for cell in notebook(name, "solved").cells if cell.cell_type == "code"]
    ran = outcome(name)
    for cell, now in zip(cells, ran["cells"], strict=True):
        assert now["error"] is None, cell.source
        if not is_measured(cell):
            assert (now["printed"], now["drawn"]) == (printed(cell), drawn(cell)), cell.source
            assert not now["stderr"], cell.source
    assert "torch" in ran["modules"]
    assert not {"snippets", "engine"} & set(ran["modules"]), "it took something from the repository"


@pytest.mark.parametrize("name", CHAPTER_OF)
def test_a_solved_notebook_has_the_outputs_of_its_page(name, notebook, site) -> None:
    page = BeautifulSoup((site / CHAPTER_OF[name] / "index.html").read_text(), "html.parser")
    shown = [
        block.find("code").get_text().rstrip() for block in page.select(".language-text.highlight")
    ]
    solved = notebook(name, "solved")
    held = "\n".join(printed(c) if c.cell_type == "code" else c.source for c in solved.cells)
    missing = [text for text in shown if text not in held.replace("\n> ", "\n")]
    assert shown and not missing
    drawings = page.select("figure.drawing")
    assert sum(map(drawn, solved.cells)) == len(drawings)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_blank_runs_and_its_check_says_that_it_is_a_blank(name, notebook, outcome) -> None:
    solved, hands_on = (code_of(notebook(name, kind)) for kind in ("solved", "hands_on"))
    places = blanks(name, solved, hands_on)
    assert places
    for place in places:
        assert "# TO-DO: " in hands_on[place]
        assert re.search(r"^\s*(return |[\w, ]+ = )?\.\.\.", hands_on[place], re.MULTILINE)
        blank, check = outcome(name)["tries"][str(place)][0]
        assert blank["error"] is None, hands_on[place]
        assert (check["error"] or "").startswith("NotYet: "), hands_on[place]
        assert "still a blank" in check["error"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_wrong_answer_gets_the_message_meant_for_it(name, notebook, outcome) -> None:
    solved, hands_on = (code_of(notebook(name, kind)) for kind in ("solved", "hands_on"))
    met = 0
    for place, wrong in blanks(name, solved, hands_on).items():
        tries = outcome(name)["tries"][str(place)][1:]
        for (filling, words), (_, blank, check) in zip(wrong, tries, strict=True):
            told = check["error"] or "nothing"
            assert blank["error"] is None, filling
            assert words.lower() in told.lower(), f"{filling}: {told}"
            assert not gives_away(told, solved[place]), f"{filling}: {told}"
            met += 1
    assert met == len(wrong_fillings(name))


def test_a_kernel_shows_only_the_message_of_a_check(notebook, tmp_path: Path) -> None:
    """This is the only notebook that runs in a Jupyter kernel, with its messages."""
    hands_on, solved = notebook("inputs", "hands_on"), notebook("inputs", "solved")
    hands_on.cells = [cell for cell in hands_on.cells if cell.cell_type == "code"]
    solved.cells = [cell for cell in solved.cells if cell.cell_type == "code"]
    client = NotebookClient(hands_on, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    told = []
    with client.setup_kernel():
        for place, whole in enumerate(solved.cells):
            cell = hands_on.cells[place]
            if cell.source != whole.source and not is_answer(cell):
                client.execute_cell(cell, place)
                with pytest.raises(CellExecutionError):
                    client.execute_cell(hands_on.cells[place + 1], place + 1)
                told += hands_on.cells[place + 1].outputs[-1]["traceback"]
            cell.source = whole.source
            client.execute_cell(cell, place)
            assert (printed(cell), drawn(cell)) == (printed(whole), drawn(whole)), cell.source
    assert told
    assert all(re.fullmatch(r"Not yet\. [^\n]+", line) for line in told)


def is_measured(cell) -> bool:
    """Return whether outputs differ from run to run, as times do."""
    return "measured" in cell.metadata.get("tags", [])


def is_answer(cell) -> bool:
    """Return whether readers answer an exercise in this cell."""
    return "answer" in cell.metadata.get("tags", [])


def test_answer_cells_report_a_blank_and_a_wrong_answer(notebook, outcome) -> None:
    met = 0
    for name in NOTEBOOKS:
        tries = outcome(name)["tries"]
        cells = [c for c in notebook(name, "hands_on").cells if c.cell_type == "code"]
        for place, cell in enumerate(cells):
            if is_answer(cell):
                (blank,), *_, (unknown,) = tries[str(place)]
                assert blank["error"] is None and "still a blank" in blank["printed"], cell.source
                assert unknown["printed"].startswith("Not yet. "), cell.source
                met += 1
    assert met > 30


def gives_away(told: str, solution: str) -> bool:
    """Return whether a message contains the right-hand side of a line of the solution."""
    sides = [line.partition(" = ")[2].partition("  #")[0] for line in solution.splitlines()]
    return any(len(side) > 3 and side in told for side in sides)


def test_notebooks_need_only_torch_matplotlib_numpy_and_jupyter(notebook) -> None:
    allowed = {"torch", "numpy", "matplotlib", "matplotlib_inline"} | sys.stdlib_module_names
    others = {
        (name, kind): roots - allowed
        for name in NOTEBOOKS
        for kind in KINDS
        if (roots := imported(notebook(name, kind)) - of_the_model(name)) - allowed
        or "torch" not in roots
    }
    assert not others


def of_the_model(name: str) -> set[str]:
    """Return the modules that only Part 3 needs: its chapters say so, and torch needs filelock."""
    is_part_3 = CHAPTER_OF.get(name, "").startswith("language_model/")
    return {"gguf", "tokenizers", "filelock"} if is_part_3 else set()


def imported(notebook) -> set[str]:
    code = "\n".join(code_of(notebook))
    return set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))


def test_notebooks_import_for_themselves_what_a_session_here_has_imported(notebook) -> None:
    missing = [
        (name, kind, module)
        for name in NOTEBOOKS
        for kind in KINDS
        for module, used in IMPORTED.items()
        if used in (code := "\n".join(code_of(notebook(name, kind))))
        and not re.search(rf"^import {re.escape(module)}( as \w+)?$", code, re.MULTILINE)
    ]
    assert not missing
