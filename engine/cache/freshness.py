# SPDX-License-Identifier: MIT
"""Decides whether a cached result is still what its snippet would give."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.cache.store import Run
from engine.model.result import Result
from engine.run.environment import digest, environment, version_of
from engine.run.guard import stamp_of

MAX_DIGESTED = 50 * 10**6  # bytes of a file; for larger ones, such as weights, the stamp must do


def digest_of_file(path: Path) -> str | None:
    """Digest a file's bytes, or a folder's names; return None where there is neither."""
    try:
        if path.is_file() and path.stat().st_size > MAX_DIGESTED:
            return f"stamp {stamp_of(path)}"
        return digest(path.read_bytes())
    except IsADirectoryError:
        return digest("\0".join(sorted(os.listdir(path))).encode())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None


def run_of(result: Result, root: Path) -> Run | None:
    """Return a result with the digests of all files that it read, or None if one has changed."""
    sources = {name: digest_of_file(root / name) for name in result.opened}
    if any(stamp_of(root / name) != stamp for name, stamp in result.opened.items()):
        return None
    return Run(environment(), sources, result)


class Freshness:
    """Compares runs with the files and versions of this moment, each looked up once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digests: dict[str, str | None] = {}

    def is_fresh(
        self, run: Run, expressions: Iterable[str], shown_after: Mapping[str, Iterable[str]]
    ) -> bool:
        """Return whether a run holds all that pages show, and nothing that it used has changed."""
        result = run.result
        if run.environment != environment():
            return False
        if not result.problems:
            asked_for = set(expressions)
            if not asked_for <= result.values.keys():
                return False
            if any(result.values[expression].error for expression in asked_for):
                return False  # the cure may lie in the configuration, in a helper that it names
            asked = {section: sorted(below) for section, below in shown_after.items()}
            if asked != {section: sorted(below) for section, below in result.shown_after.items()}:
                return False
        if any(version_of(name) != version for name, version in result.versions.items()):
            return False
        return all(self.digest(name) == digest for name, digest in run.sources.items())

    def digest(self, name: str) -> str | None:
        if name not in self.digests:
            self.digests[name] = digest_of_file(self.root / name)
        return self.digests[name]
