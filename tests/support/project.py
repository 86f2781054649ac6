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


def copy_project(to: Path, cache: bool = True) -> Path:
    """Copy everything that a build reads, with the cache of the last build unless told not to."""
    for name in ("docs", "snippets", "engine", *([".cache"] if cache else [])):
        unneeded = shutil.ignore_patterns("__pycache__", "*.sock")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=unneeded)
    for name in ("mkdocs.yml", ".zensical.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, to)
    return to
