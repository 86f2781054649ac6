# SPDX-License-Identifier: MIT
"""Brings a site up to date with what a build made elsewhere.

A site that is being read, or copied to a server, is never empty, and files that stay the same are
not touched. A build that is ended before, by a mistake or a signal, leaves it as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Mapping
from pathlib import Path

from engine.model.problem import EngineError, Problem


def publish(made: Path, site: Path, pages: Mapping[Path, bytes]) -> int:
    """Makes `site` hold the files below `made`, and returns how many had to be written.

    pages: what those of them that are to be changed are to hold

    What is hidden at the top of `site`, such as `.git`, stays, as it does under MkDocs.

    Raises EngineError where a file cannot be written.
    """
    files = {site / path.relative_to(made): path for path in made.rglob("*") if path.is_file()}
    try:
        for top in site.glob("[!.]*"):
            remove_others(top, files)
        return sum(
            update(path, pages[file] if file in pages else file.read_bytes())
            for path, file in files.items()
        )
    except OSError as error:
        what = f"cannot be written ({error.strerror}); the site goes there"
        raise EngineError([Problem(error.filename or str(site), what)]) from error


def remove_others(path: Path, wanted: Container[Path]) -> None:
    """Removes what is at a path or below it and not wanted, and folders that are then empty."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            remove_others(inner, wanted)
        with contextlib.suppress(OSError):  # it is not empty
            path.rmdir()
    elif path not in wanted:
        path.unlink()


def update(path: Path, data: bytes) -> bool:
    """Writes a file, whole or not at all, unless it holds this; returns whether it did not."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    return True
