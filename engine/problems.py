# SPDX-License-Identifier: MIT
"""What went wrong, told to the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    where: `file:line`, relative to the project's root.
    what: one sentence; further lines (a traceback, the names that exist) may follow.
    snippet: the stem of the snippet it belongs to, such as `walkthrough/outputs`, or "".
    pages: the pages that show the snippet, relative to the project's root.
    """

    where: str
    what: str
    snippet: str = ""
    pages: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = f"\n  shown by {', '.join(self.pages)}" if self.pages else ""
        return f"{self.where}: {self.what}{shown}"


class EngineError(Exception):
    """Raised when a build cannot go on; carries every problem found, not the first alone."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n\n".join(map(str, problems)))
