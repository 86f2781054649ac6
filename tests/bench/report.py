# SPDX-License-Identifier: MIT
"""The table on the terminal, and the recording."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.run.worker import CORES
from tests.bench.rows import ROWS, Cell
from tests.bench.tools import TOOLS

TITLES = {tool.name: tool.title for tool in TOOLS}


def machine() -> dict[str, Any]:
    """Return what the times depend on, without the name of the machine."""
    return {
        "cores": CORES,
        "processor": processor(),
        "memory": memory(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory() -> int:
    kilobytes = Path("/proc/meminfo").read_text().split()[1]
    return round(int(kilobytes) / 2**20)


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def write(path: Path, recording: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(recording, indent=1, sort_keys=True) + "\n", "utf-8")


def cells_of(recording: dict[str, Any]) -> list[Cell]:
    return [Cell(**cell) for cell in recording.get("cells", [])]


def as_data(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    names = list(TITLES)
    order = sorted(cells, key=lambda c: (c.size, ROWS.index(c.row), names.index(c.tool)))
    return [asdict(cell) for cell in order]


def median(cell: Cell | None) -> float | None:
    return statistics.median(cell.seconds) if cell and cell.seconds else None


def is_stale(cell: Cell) -> bool:
    """Return whether pages still showed outdated results after the build."""
    return cell.shown is not None and cell.expected is not None and cell.shown < cell.expected


def floor_of(cells: list[Cell], size: int, row: str) -> float | None:
    """Return the time of plain MkDocs, which runs no code: an edit of code costs a warm build."""
    row = row if row in ("cold", "sentence") else "warm"
    return median(find(cells, "plain", size, row))


def find(cells: list[Cell], tool: str, size: int, row: str) -> Cell | None:
    return next((c for c in cells if (c.tool, c.size, c.row) == (tool, size, row)), None)


def summary(cells: list[Cell]) -> list[dict[str, Any]]:
    """Return medians, spreads, and ratios to the floor and to the engine."""
    found = []
    for cell in cells:
        middle = median(cell)
        if middle is None:
            continue
        floor = floor_of(cells, cell.size, cell.row)
        us = median(find(cells, "engine", cell.size, cell.row))
        found.append(
            {
                "tool": cell.tool,
                "size": cell.size,
                "row": cell.row,
                "median": round(middle, 4),
                "fastest": min(cell.seconds),
                "slowest": max(cell.seconds),
                "to_floor": round(middle / floor, 4) if floor else None,
                "to_engine": round(middle / us, 4) if us else None,
            }
        )
    return found


def table(cells: list[Cell]) -> str:
    """Return all measurements as a table for a terminal."""
    header = f"{'':26}{'median':>9}{'spread':>17}{'floor':>8}{'us':>7}{'peak':>9}  builds"
    lines = []
    for size in sorted({cell.size for cell in cells}):
        for row in ROWS:
            here = [c for c in cells if (c.size, c.row) == (size, row)]
            if here:
                lines += ["", f"{size} chapters, {row}", header]
                lines += [line_of(cell, cells) for cell in here]
    return "\n".join(lines)


def line_of(cell: Cell, cells: list[Cell]) -> str:
    middle = median(cell)
    name = f"  {TITLES[cell.tool]}"
    if middle is None:
        return f"{name:26}{'> ' + format(cell.limit or 0, '.0f') + ' s':>9}"
    spread = f"{min(cell.seconds):.2f} to {max(cell.seconds):.2f}"
    ratios = [
        floor_of(cells, cell.size, cell.row),
        median(find(cells, "engine", cell.size, cell.row)),
    ]
    floor, us = (f"{middle / other:.2f}" if other else "" for other in ratios)
    peak = f"{cell.peak / 2**20:.0f} MB" if cell.peak else ""
    told = f"{name:26}{middle:8.2f}s{spread:>17}{floor:>8}{us:>7}{peak:>9}  {len(cell.seconds)}"
    if is_stale(cell):
        told += f"  STALE: {cell.shown} of {cell.expected} chapters show the edit"
    if cell.ran is not None:
        told += f"  ran {cell.ran}"
    return told


def bounds(recording: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the goals: for each the claim, whether it holds, and its figures."""
    cells = cells_of(recording)
    importing = statistics.median(recording.get("import") or [0.0])
    found: list[dict[str, Any]] = []

    def add(claim: str, holds: bool, told: str) -> None:
        found.append({"claim": claim, "holds": holds, "told": told})

    for size in sorted({cell.size for cell in cells}):
        for row in ROWS:
            us, floor = median(find(cells, "engine", size, row)), floor_of(cells, size, row)
            if us is None:
                continue
            others = [
                (median(c) or 0, TITLES[c.tool])
                for c in cells
                if (c.size, c.row) == (size, row)
                and c.tool not in ("engine", "plain")
                and c.seconds
                and not is_stale(c)
            ]
            if others:
                best, name = min(others)
                told = f"{us:.2f} s; {name} {best:.2f} s"
                add(f"{size} {row}: no other is faster", us <= best, told)
            if floor and importing and row == "cold":
                most = 1.3 * (floor + importing)
                told = f"{us:.2f} s of {most:.2f} s"
                add(f"{size} {row}: at most 1.3 times floor and import", us <= most, told)
            if floor and row == "warm":
                told = f"{us:.2f} s of {1.2 * floor:.2f} s"
                add(f"{size} {row}: at most 1.2 times the floor", us <= 1.2 * floor, told)
        if (edited := find(cells, "engine", size, "snippet")) and edited.seconds:
            claim = f"{size} snippet: runs just what depends on it"
            told = f"{edited.ran} of {recording['snippets'][str(size)]} snippets"
            add(claim, edited.ran == recording["dependents"], told)
    return found
