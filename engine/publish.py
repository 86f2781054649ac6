# SPDX-License-Identifier: MIT
"""Brings a site up to date with what a build made elsewhere.

A site that is being read, or copied to a server, is never empty, and files that stay the same are
not touched. A build that is ended before, by a mistake or a signal, leaves it as it was.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from engine.problems import EngineError, Problem


def publish(made: Path, site: Path) -> int:
    """Makes `site` hold the files below `made`, and returns how many had to be written.

    What is hidden at the top of `site`, such as `.git`, stays, as it does under MkDocs.

    Raises EngineError where a file cannot be written.
    """
    files = {site / file.relative_to(made): file for file in files_below(made)}
    try:
        for old in files_below(site) if site.is_dir() else []:
            if old not in files and not old.relative_to(site).parts[0].startswith("."):
                old.unlink()
        for folder, _, _ in os.walk(site, topdown=False):
            with contextlib.suppress(OSError):  # it is not empty
                os.rmdir(folder)
        return sum(update(path, file.read_bytes()) for path, file in files.items())
    except OSError as error:
        what = f"cannot be written ({error.strerror}); the site goes there"
        raise EngineError([Problem(error.filename or str(site), what)]) from error


def files_below(folder: Path) -> list[Path]:
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def update(path: Path, data: bytes) -> bool:
    """Writes a file unless it holds this already; returns whether it did not."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True
