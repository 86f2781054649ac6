# SPDX-License-Identifier: MIT
"""This project: its folder, the addresses of its published site, and copies for tests to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]

# On GitHub, make sets these. Tests must give the same results wherever they run.
ADDRESSES = {
    "SITE_URL": "https://someone.github.io/somewhere/",
    "REPO_URL": "https://github.com/someone/somewhere",
    "EDIT_URI": "edit/main/docs/",
}

FROM_SCRATCH = "from-scratch"  # file beside a site that was built without a cache


def copy_project(to: Path, *kept: str) -> Path:
    """Copy everything that a build reads, and folders of the last build such as `.cache`."""
    for name in ("docs", "snippets", "engine", *kept):
        unneeded = shutil.ignore_patterns("__pycache__", "*.sock")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=unneeded)
    for name in ("mkdocs.yml", ".zensical.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, to)
    return to
