# SPDX-License-Identifier: MIT
"""Built pages as trees. All tests of a worker share them, so none may change one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup


@cache
def parsed(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")
