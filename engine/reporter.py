# SPDX-License-Identifier: MIT
"""The one object that talks to the author and knows what a mistake means.

A build ends with every problem that it found. A server prints them and lives on, since its pages
say what they cannot show. Nothing else in the engine prints, or asks which of the two this is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from engine.model.problem import EngineError, Problem
from engine.model.result import Result


class Reporter:
    """Speaks on standard error; subclasses speak as their host does.

    serving: whether a mistake is printed instead of ending the build
    """

    def __init__(self, serving: bool = False) -> None:
        self.serving = serving

    def progress(self, result: Result, done: int, total: int) -> None:
        """Say that one snippet ran; `done` of `total` have."""

    def notice(self, text: str) -> None:
        """Say something that asks for nothing."""
        print(text, file=sys.stderr)

    def warn(self, warning: Problem) -> None:
        """Say what a strict build does not pass."""
        print(f"WARNING  -  {warning}", file=sys.stderr)

    def report(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        """Raise EngineError with all problems; a server prints them, and the warnings, instead.

        They are printed and not logged: in strict mode a logged error would end the rebuild, and
        the preview would go on showing the page as it was.
        """
        problems, warnings = list(problems), list(warnings)
        if self.serving:
            for problem in [*problems, *warnings]:
                print(f"ERROR    -  {problem}", file=sys.stderr)
            return
        for warning in warnings:
            self.warn(warning)
        if problems:
            raise EngineError(problems)
