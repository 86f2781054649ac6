# SPDX-License-Identifier: MIT
"""Problems that the author has to fix, and helpers for their messages."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Characters that a terminal, a browser or Markdown would act on, such as those that change the
# direction of the text around them (https://trojansource.codes).
CONTROL_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
MAX_MESSAGE = 10_000  # characters of a snippet's output or traceback in a message


def shortened(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return the text; if it is longer than `limit`, replace its middle by its length."""
    half = limit // 2
    if len(text) <= limit:
        return text
    return f"{text[:half]} … ({len(text)} characters) … {text[-half:]}"


def visible(text: str) -> str:
    r"""Return the text with control characters escaped, such as `\x1b` or `\u202e`."""

    def escaped(control: re.Match[str]) -> str:
        code = ord(control[0])
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"

    return CONTROL_CHARACTERS.sub(escaped, text)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: a similar name, or "" if none is."""
    close = difflib.get_close_matches(name, names, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


@dataclass(frozen=True)
class Problem:
    """A problem that the author has to fix.

    where: `file:line`, relative to the project's root
    message: one sentence; more lines (a traceback, the names that exist) may follow
    snippet: the stem of the snippet that causes it, such as `walkthrough/outputs`, or ""
    pages: the pages that show the snippet, relative to the project's root
    """

    where: str
    message: str
    snippet: str = ""
    pages: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = f"\n  shown by {', '.join(self.pages)}" if self.pages else ""
        return visible(f"{self.where}: {self.message}{shown}")


class EngineError(Exception):
    """Raised when a build cannot continue; holds all problems found so far."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n\n".join(map(str, problems)))
