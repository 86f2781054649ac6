# SPDX-License-Identifier: MIT
"""What is asked of a run, and what it produced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.model.problem import Problem
from engine.model.snippet import Section

Stamp = list[int]  # of a file: two versions of it differ in it


@dataclass
class Job:
    """One snippet to run.

    expressions: of its variables, each with the first place that asks for it, as `file:line`
    imports: it and the local files that it imports, for the worker to compile once for all
    program: a text that runs without the project, as one that was pasted elsewhere; the worker
        gives it its path and its root
    scratch: a folder of its child, which the worker makes and removes
    """

    stem: str
    path: str
    root: str
    sections: list[Section]
    expressions: dict[str, str]
    timeout: int
    imports: list[str] = field(default_factory=list)
    program: str | None = None
    scratch: str = ""

    @property
    def result(self) -> str:
        """The file that its result is written to."""
        return f"{self.scratch}/{'result' if self.program is None else self.stem}.json"

    @classmethod
    def of(cls, data: dict[str, Any]) -> Job:
        return cls(**{**data, "sections": [Section(**section) for section in data["sections"]]})


@dataclass
class Result:
    """What a run produced, or, where `problems` is not empty, why it did not.

    sections: name -> {"text": what it printed, "figures": [svg, ...], "drawn": a digest of each};
        a program that is run for proof has no more than the digests
    values: expression -> {"text": ..., "table": html or None} or {"error": ...}
    opened: local files that were read while it ran, and folders that were listed, relative to the
        root, as they were then
    warnings: what it wrote to standard error
    """

    stem: str
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    opened: dict[str, Stamp | None] = field(default_factory=dict)
    warnings: str = ""
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Result:
        problems = [Problem(**{**p, "pages": tuple(p["pages"])}) for p in data["problems"]]
        return cls(**{**data, "problems": problems})
