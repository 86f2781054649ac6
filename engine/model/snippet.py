# SPDX-License-Identifier: MIT
"""The sections of a snippet, and the code blocks that show them."""

import sys
from dataclasses import dataclass

LAST_LINE = sys.maxsize  # greater than any line number


@dataclass(frozen=True)
class Section:
    """A named part of a snippet. Its markers are in lines `start` and `end`, its code between."""

    name: str
    start: int
    end: int
    hidden: bool = False


WHOLE_FILE = Section("whole", 0, LAST_LINE)


@dataclass(frozen=True)
class CodeBlock:
    """A code block of a page, which shows sections of one snippet; () is the whole file."""

    stem: str
    sections: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key of the block among all blocks of its snippet."""
        return "+".join(self.sections)
