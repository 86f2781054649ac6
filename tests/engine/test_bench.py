# SPDX-License-Identifier: MIT
"""The benchmark measures correctly, and its page follows from its recording."""

from __future__ import annotations

import base64
import builtins
import json
import re
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import __main__ as bench
from tests.bench import copies, faults, notebooks, processes, report, rows
from tests.bench.notebooks import Words, cells_of, names_in
from tests.bench.rows import ROWS, Cell
from tests.bench.tools import TOOLS, Site, Tool
from tests.support.processes import assert_ends

RECORDING = Path("snippets/bench/results.json")


@pytest.fixture
def recording(root: Path) -> dict[str, Any]:
    return json.loads((root / RECORDING).read_text("utf-8"))


def cell(tool: str, row: str, *seconds: float, **more: Any) -> Cell:
    return Cell(tool, 6, row, list(seconds), **more)


def bounds_of(*cells: Cell) -> dict[str, bool]:
    recording = {"cells": report.as_data(cells), "import": [1.0], "snippets": {"6": 12}}
    found = report.bounds({**recording, "dependents": 1})
    return {bound["claim"]: bound["holds"] for bound in found}


def test_a_copy_names_only_itself_and_links_nowhere_else(root: Path) -> None:
    chapters = copies.read_chapters(root, 12)
    assert len(chapters) == 12
    for chapter in chapters:
        other = {"copy_001": "copy_002", "copy_002": "copy_001"}[chapter.copy]
        assert f"{chapter.copy}/{chapter.name}" in chapter.page
        assert "walkthrough/" not in chapter.page
        assert other not in chapter.page
        assert "attention-lab" not in chapter.page


def test_the_lines_that_faults_replace_are_in_the_chapters(root: Path) -> None:
    assert source_of(root, "walkthrough/outputs").count(copies.LAST_PRINT) == 1
    assert source_of(root, "walkthrough/queries_keys_values").count(faults.FIRST_PRINT) == 1


def test_chapters_are_copied_in_full_sets(root: Path) -> None:
    with pytest.raises(ValueError, match="7 chapters: give a multiple of 6"):
        copies.read_chapters(root, 7)


def test_the_notebooks_of_other_tools_name_the_sources_of_a_chapter(root: Path) -> None:
    named = 0

    def said(stem: str, expression: str) -> str:
        return expression

    for chapter in copies.CHAPTERS:
        page = copies.page_of(root, chapter)
        cells = cells_of(page, lambda stem: source_of(root, stem), said, "")
        words = "\n".join(cell.text for cell in cells if isinstance(cell, Words))
        for source in re.findall(r"^\[\^\w+\]:\s+(\S+ \S+)", page, re.MULTILINE):
            assert f"Source: {source}" in words
            named += 1
    assert named


def test_the_notebooks_of_other_tools_define_names_before_they_use_them(root: Path) -> None:
    for chapter in copies.CHAPTERS:
        page, known = copies.page_of(root, chapter), set(vars(builtins))
        told = cells_of(page, lambda stem: source_of(root, stem), lambda *_: "", "")
        cells = [cell for cell in told if isinstance(cell, notebooks.Cell)]
        assert cells
        for cell in cells:
            binds, needs = names_in(cell.code)
            assert needs <= known, f"{chapter}: {needs - known} in {cell.code}"
            known |= binds


def source_of(root: Path, stem: str) -> str:
    return copies.snippet_of(root, root / f"snippets/{stem}.py")


def test_chapters_for_other_tools_have_includes_and_no_directives(root: Path) -> None:
    for name in copies.CHAPTERS:
        page, source = copies.page_of(root, name), source_of(root, f"walkthrough/{name}")
        assert ":::" not in page
        assert page.count("--8<--") > 10
        assert set(re.findall(r"walkthrough/\w+/(expression-\d)\.", page)) == set(
            re.findall(r"\[start:(expression-\d)\] hidden", source)
        )


def test_the_edits_can_still_be_made_to_the_sites_own_files(root: Path) -> None:
    snippet = (root / "snippets/walkthrough/outputs.py").read_text("utf-8")
    helper = (root / "snippets" / copies.HELPER).read_text("utf-8")
    page = (root / "docs/walkthrough/outputs.md").read_text("utf-8")
    for edit, text in (
        (copies.edited_snippet, snippet),
        (copies.edited_helper, helper),
        (copies.edited_sentence, page),
    ):
        assert edit(text, "token").count("token") == 1
    with pytest.raises(ValueError, match="choose another edit"):
        copies.edited_snippet("x = 1\n", "token")


def test_an_edit_is_found_in_a_page_and_in_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "drawn.svg").write_text("<svg>LINKED</svg>")
    inside = base64.b64encode(b"<svg>INSIDE</svg>").decode()
    page = tmp_path / "page.html"
    page.write_text(f'<img src="drawn.svg"><img src="data:image/svg+xml;base64,{inside}">WORDS')
    assert all(word in rows.seen_on(page) for word in ("LINKED", "INSIDE", "WORDS"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_another_tool_that_fails_is_tried_again_once(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: Any, **__: Any) -> processes.Run:
        builds.append(tool.name)
        if len(builds) == 1:
            raise rows.Failed("it tripped")
        return processes.Run(3.0, 0, "", None)

    builds: list[str] = []
    monkeypatch.setattr(rows, "build", build)
    warm, site = cell(tool.name, "warm"), Site(tmp_path, tmp_path, [], None)
    try:
        rows.measure(tool, site, tmp_path, warm, 2, 60, only=bool)
    except rows.Failed:
        assert tool.name == "engine"
    else:
        assert warm.seconds == [3.0]
        assert tool.name != "engine"


def test_a_tool_that_leaves_pages_stale_does_not_count_as_faster() -> None:
    ours = cell("engine", "helper", 5.0, shown=6, expected=6)
    claim = "6 helper: no other is faster"
    assert bounds_of(ours, cell("myst-nb", "helper", 1.0, shown=0, expected=6)) == {}
    assert bounds_of(ours, cell("myst-nb", "helper", 1.0, shown=6, expected=6)) == {claim: False}
    assert bounds_of(ours, cell("myst-nb", "helper", 9.0, shown=6, expected=6)) == {claim: True}


def test_each_bound_holds_up_to_its_limit() -> None:
    floor = cell("plain", "cold", 2.0)
    within, beyond = 1.3 * (2.0 + 1.0) - 0.1, 1.3 * (2.0 + 1.0) + 0.1
    claim = "6 cold: at most 1.3 times floor and import"
    assert bounds_of(floor, cell("engine", "cold", within))[claim]
    assert not bounds_of(floor, cell("engine", "cold", beyond))[claim]
    warm = cell("plain", "warm", 2.0)
    claim = "6 warm: at most 1.2 times the floor"
    assert bounds_of(warm, cell("engine", "warm", 2.3))[claim]
    assert not bounds_of(warm, cell("engine", "warm", 2.5))[claim]
    claim = "6 snippet: runs just what depends on it"
    assert bounds_of(cell("engine", "snippet", 1.0, ran=1))[claim]
    assert not bounds_of(cell("engine", "snippet", 1.0, ran=2))[claim]


def test_the_floor_of_a_code_edit_is_a_build_that_runs_nothing() -> None:
    cells = [cell("plain", "warm", 2.0), cell("plain", "cold", 3.0), cell("engine", "helper", 6.0)]
    assert report.floor_of(cells, 6, "helper") == 2.0
    assert report.floor_of(cells, 6, "cold") == 3.0
    assert next(s for s in report.summary(cells) if s["row"] == "helper")["to_floor"] == 3.0


@pytest.mark.slow
def test_a_command_is_killed_with_its_child_processes(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pid', 'w').write(str(child.pid)); child.wait()"
    )
    done = processes.run([sys.executable, "-c", code], tmp_path, {}, limit=3, memory=True)
    assert done.seconds is None
    assert done.peak
    assert done.peak > 5 * 2**20  # two interpreters
    assert_ends(int((tmp_path / "pid").read_text()))


@pytest.mark.slow
def test_a_run_of_the_bench_records_its_measurements(tmp_path: Path) -> None:
    options = ["--sizes", "6", "--tools", "engine", "--rounds", "0", "--no-faults"]
    options += ["--rows", "cold", "snippet", "helper", "--folder", str(tmp_path)]
    assert bench.main(options) == 0
    recording = report.read(tmp_path / "results.json")
    cells = {one["row"]: one for one in recording["cells"]}
    assert set(cells) == {"cold", "snippet", "helper"}
    assert all(len(one["seconds"]) == 1 and one["peak"] for one in cells.values())
    assert cells["snippet"]["shown"] == cells["snippet"]["expected"] == 1
    assert cells["snippet"]["ran"] == recording["dependents"]
    assert cells["helper"]["shown"] == cells["helper"]["expected"] == 6


@pytest.mark.slow
def test_a_resumed_run_keeps_existing_results(recording: dict[str, Any], tmp_path: Path) -> None:
    report.write(tmp_path / "results.json", recording)
    options = ["--resume", "--sizes", "6", "--tools", "engine", "--folder", str(tmp_path)]
    assert bench.main(options) == 0
    resumed = report.read(tmp_path / "results.json")
    for part in ("cells", "faults"):
        assert resumed[part] == recording[part]


def test_the_recording_is_complete_for_each_tool_that_ran(recording: dict[str, Any]) -> None:
    cells = {(c["tool"], c["size"], c["row"]): c for c in recording["cells"]}
    whole = {(tool, size) for tool, size, row in cells if row == "cold"}
    assert {("engine", size) for size in (6, 60, 300)} <= whole
    assert {tool for tool, _ in whole} == {*recording["titles"]}
    for tool, size in whole:
        if not cells[tool, size, "cold"]["limit"]:
            for row in ROWS if tool != "plain" else ROWS[:3]:
                assert cells[tool, size, row]["seconds"], (tool, size, row)
    asked = {(fault["tool"], fault["question"]) for fault in recording["faults"]}
    executing = {*recording["titles"]} - {"plain"}
    assert asked == {(tool, question) for tool in executing for question in faults.QUESTIONS}


def test_summary_and_bounds_follow_from_the_measurements(recording: dict[str, Any]) -> None:
    cells = report.cells_of(recording)
    assert report.summary(cells) == recording["summary"]
    assert report.bounds(recording) == recording["bounds"]
    for one in recording["summary"]:
        measured = report.find(cells, one["tool"], one["size"], one["row"])
        assert measured
        assert one["median"] == round(statistics.median(measured.seconds), 4)
