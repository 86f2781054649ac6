# SPDX-License-Identifier: MIT
"""A snippet's sections, as its markers say them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

LAST_LINE = sys.maxsize  # greater than any line number


@dataclass(frozen=True)
class Section:
    """Lines `start` to `end` are its markers; what lies between them is its code."""

    name: str
    start: int
    end: int
    hidden: bool = False


WHOLE_FILE = Section("whole", 0, LAST_LINE)


@dataclass(frozen=True)
class CodeBlock:
    """The sections of one snippet that one code block of a page shows; () shows the whole file."""

    stem: str
    sections: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name among the blocks of its snippet."""
        return "+".join(self.sections)
