# SPDX-License-Identifier: MIT
"""This project: its folder, the addresses it is published at, and copies that a test may edit."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Where a site is published must not depend on who runs the tests: on GitHub, make sets these.
ADDRESSES = {
    "SITE_URL": "https://someone.github.io/somewhere/",
    "REPO_URL": "https://github.com/someone/somewhere",
    "EDIT_URI": "edit/main/docs/",
}

FROM_SCRATCH = "from-scratch"  # stands beside the built site where no cache was there before it


def copy_project(to: Path, *kept: str) -> Path:
    """Copy everything that a build reads, and what is kept of the last build: `.cache`, or of it."""
    for name in ("docs", "snippets", "engine", *kept):
        unneeded = shutil.ignore_patterns("__pycache__", "*.sock")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=unneeded)
    for name in ("mkdocs.yml", ".zensical.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, to)
    return to
