# SPDX-License-Identifier: MIT
"""The reporter, which prints progress, warnings and problems for the author.

A build fails with all problems that it found. A server prints them and continues, since its pages
have messages in the place of broken blocks.
"""

import sys
from collections.abc import Iterable

from engine.model.problem import EngineError, Problem
from engine.model.result import Result


class Reporter:
    """Reporter that prints to stderr; subclasses use the log of their host.

    serving: whether problems are printed instead of raised
    """

    def __init__(self, serving: bool = False) -> None:
        self.serving = serving

    def progress(self, result: Result, done: int, total: int) -> None:
        """Report that a snippet has run, as number `done` of `total`."""

    def notice(self, text: str) -> None:
        """Report information that needs no action."""
        print(text, file=sys.stderr)

    def warn(self, warning: Problem) -> None:
        """Report a problem that fails strict builds only."""
        print(f"WARNING  -  {warning}", file=sys.stderr)

    def report(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        """Report the warnings and raise EngineError with all problems; a server prints both.

        A server prints to stderr instead of logging, because in strict mode a logged error would
        abort the rebuild, and the preview would keep showing the old page.
        """
        problems, warnings = list(problems), list(warnings)
        if self.serving:
            for level, found in (("ERROR  ", problems), ("WARNING", warnings)):
                for problem in found:
                    print(f"{level}  -  {problem}", file=sys.stderr)
            return
        for warning in warnings:
            self.warn(warning)
        if problems:
            raise EngineError(problems)
