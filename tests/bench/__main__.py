# SPDX-License-Identifier: MIT
"""Measure, print a table, and record: `python -m tests.bench`."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import copies, environments, faults, processes, report, rows
from tests.bench.rows import ROWS, Cell
from tests.bench.tools import TOOLS, Outputs, Site, Tool, results_of

ROOT = Path(__file__).resolve().parents[2]
IMPORT = "import torch, matplotlib.pyplot"


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    recording = report.read(options.json) if options.resume else {}
    bench = Run(options, recording)
    bench.install()
    try:
        for size in options.sizes:
            bench.measure(size)
        if options.faults:
            bench.try_faults()
    except rows.Failed as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(bench.sites / "aside", ignore_errors=True)
    cells = report.cells_of(recording)
    print(report.table(cells))
    print(f"\nimport of torch and matplotlib: {recording['import']}\n")
    for bound in recording["bounds"]:
        mark = "reached" if bound["holds"] else "MISSED "
        print(f"{mark:8} {bound['claim']}: {bound['told']}")
    for one in recording.get("faults", []):
        verdict = "right" if one["right"] else "wrong"
        print(f"{one['tool']:16}{one['question']:11}{verdict:6} {one['seen']}")
    print(f"\nRecorded in {os.path.relpath(options.json)}")
    return 0


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [tool.name for tool in TOOLS]
    add = parser.add_argument
    add("--sizes", type=int, nargs="*", default=[6, 60, 300], help="chapters: multiples of 6")
    add("--tools", nargs="+", choices=names, default=names)
    add("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    add("--rounds", type=int, default=5, help="builds of each cell, after one to warm up")
    add("--budget", type=float, default=40, help="seconds, after which a cell has no more rounds")
    add("--limit", type=float, default=1800, help="seconds, after which a build is ended")
    add("--folder", type=Path, default=ROOT / ".bench", help="for environments and sites")
    add("--json", type=Path, help="the file of the recording, else results.json in that folder")
    add("--note", help="what readers of the recording should know besides")
    add("--resume", action="store_true", help="measure only what the recording does not have")
    add("--faults", action=argparse.BooleanOptionalAction, default=True)
    add(
        "--install",
        default="{python} -m pip install --quiet --disable-pip-version-check",
        help="how to install, {python} being that of the environment",
    )
    options = parser.parse_args(arguments)
    options.folder = options.folder.resolve()
    options.json = options.json or options.folder / "results.json"
    return options


class Run:
    """A run of the benchmark, which saves its results to a file after each measurement."""

    def __init__(self, options: argparse.Namespace, recording: dict[str, Any]) -> None:
        self.options, self.recording = options, recording
        self.tools = [tool for tool in TOOLS if tool.name in options.tools]
        self.bins: dict[str, Path] = {}
        self.sites = options.folder / "sites"
        self.outputs: Outputs | None = None

    def install(self) -> None:
        for name in {"engine", *(tool.name for tool in self.tools)}:
            folder = self.options.folder
            self.bins[name] = environments.bin_of(name, folder, self.options.install)
        versions = self.recording.setdefault("versions", {})
        for tool in self.tools:
            versions[tool.name] = environments.versions_of(self.bins[tool.name], tool.packages)
        self.recording["machine"] = report.machine()

    def site(self, tool: Tool, size: int, purpose: str = "") -> Site:
        folder = self.sites / f"{tool.name}-{purpose or size}"
        return Site(ROOT, folder, copies.read_chapters(ROOT, size), self.outputs_of_six())

    def outputs_of_six(self) -> Outputs:
        """Return the outputs of the six chapters, for tools that have outputs pasted in."""
        if self.outputs is None:
            folder = self.sites / "outputs"
            six = Site(ROOT, folder, copies.read_chapters(ROOT, len(copies.CHAPTERS)))
            TOOLS[0].write(six)
            self.outputs = results_of(folder)
        return self.outputs

    def measure(self, size: int) -> None:
        """Measure all rows of all tools at one size, in alternating rounds."""
        cells = {(c.tool, c.size, c.row): c for c in report.cells_of(self.recording)}
        recorded = set(cells)
        sites: dict[str, Site] = {}
        for tool in self.tools:
            sites[tool.name] = self.site(tool, size)
            if (tool.name, size, "cold") not in recorded:
                tool.write(sites[tool.name])
        spent: dict[tuple[str, str], list[float]] = defaultdict(list)
        importing = self.recording.setdefault("import", [])
        self.recording.setdefault("snippets", {})[str(size)] = len(snippets_of(sites))
        self.recording["dependents"] = dependents(sites)
        for number in range(1, self.options.rounds + 2):
            for row in self.options.rows:
                for tool in self.tools:
                    key = (tool.name, size, row)
                    times = spent[tool.name, row]
                    if key in recorded or (not tool.executes and row in ("snippet", "helper")):
                        continue
                    if times and not self.has_time(times):
                        continue
                    cold = cells.get((tool.name, size, "cold"))
                    if row != "cold" and (cold is None or cold.limit):
                        continue  # without a complete site there is nothing to build again
                    cell = cells.setdefault(key, Cell(*key))
                    took = rows.measure(
                        tool,
                        sites[tool.name],
                        self.bins[tool.name],
                        cell,
                        number,
                        self.options.limit,
                        only=lambda seconds: not self.has_time([seconds]),
                    )
                    times.append(took)
                    print(f"{size} {row} {tool.name}: {took:.2f} s", flush=True)
                    self.save(cells.values())
            if len(importing) <= self.options.rounds:
                importing.append(self.import_once())
        self.save(cells.values())

    def has_time(self, times: list[float]) -> bool:
        """Return whether there is time for one more build. The first warms up, the others count."""
        return len(times) <= self.options.rounds and sum(times) + times[-1] <= self.options.budget

    def import_once(self) -> float:
        started = time.perf_counter()
        command = [str(self.bins["engine"] / "python"), "-c", IMPORT]
        processes.run(command, self.options.folder, dict(os.environ), self.options.limit)
        return round(time.perf_counter() - started, 4)

    def try_faults(self) -> None:
        outcomes = self.recording.setdefault("faults", [])
        tried = {outcome["tool"] for outcome in outcomes}
        for tool in self.tools:
            if tool.executes and tool.name not in tried:
                site = self.site(tool, 6, "faults")
                outcomes += faults.try_all(tool, site, self.bins[tool.name])
        self.recording["questions"] = faults.QUESTIONS
        self.save(report.cells_of(self.recording))

    def save(self, cells: Any) -> None:
        self.recording["cells"] = report.as_data(cells)
        self.recording["summary"] = report.summary(report.cells_of(self.recording))
        self.recording["bounds"] = report.bounds(self.recording)
        self.recording["titles"] = report.TITLES
        self.recording["sizes"] = sorted({cell["size"] for cell in self.recording["cells"]})
        self.recording["rounds"] = self.options.rounds
        self.recording["budget"] = self.options.budget
        self.recording["note"] = self.options.note or self.recording.get("note", "")
        self.recording["when"] = datetime.now(UTC).strftime("%Y-%m-%d")
        report.write(self.options.json, self.recording)


def snippets_of(sites: dict[str, Site]) -> list[Path]:
    """Return the files that the engine runs, which are those with sections."""
    folder = next(iter(sites.values())).folder
    files = sorted((folder / "snippets").rglob("*.py"))
    return [file for file in files if "--8<--" in file.read_text("utf-8")]


def dependents(sites: dict[str, Site]) -> int:
    """Return how many snippets depend on the edited one, including itself."""
    site = next(iter(sites.values()))
    edited = f"snippets/{site.edited.stem}.py"
    files = snippets_of(sites)
    near = [file for file in files if site.edited.copy in file.parts]
    return sum(edited in imported_by(file, site.folder) for file in near)


def imported_by(file: Path, root: Path) -> set[str]:
    """Return the names of a snippet and of all site modules that it imports, directly or not."""
    found, waiting = set(), [file]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(root).as_posix()
        if name not in found and path.exists():
            found.add(name)
            modules = re.findall(r"^\s*from (snippets[\w.]*) import", path.read_text("utf-8"), re.M)
            waiting += [root / f"{module.replace('.', '/')}.py" for module in modules]
    return found


if __name__ == "__main__":
    sys.exit(main())
