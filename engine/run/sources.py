# SPDX-License-Identifier: MIT
"""Finds every local file that a snippet depends on, and what the outputs depend on besides."""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from engine.model.problem import EngineError, Problem

# What was found at a path: its name below the root, its digest, and the files it may import.
Seen = dict[Path, tuple[str, str | None, list[Path]]]
PACKAGES = ("torch", "numpy", "matplotlib")
TOO_DEEP = (RecursionError, MemoryError)  # raised for source that is nested too deep to be read
UNREADABLE = (SyntaxError, ValueError, *TOO_DEEP)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str | None:
    """The digest of a file's bytes, or of a folder's names; None where there is neither."""
    try:
        return digest(path.read_bytes())
    except IsADirectoryError:
        return digest("\0".join(sorted(os.listdir(path))).encode())
    except (FileNotFoundError, NotADirectoryError):
        return None


@functools.cache
def environment() -> str:
    """A digest of all that outputs depend on and that no snippet imports.

    The engine's own source, and the versions of Python, torch, numpy and matplotlib, read without
    importing them. Taken once per process: it speaks of the engine that is running.
    """
    parts = [platform.python_version(), platform.machine()]
    for name in PACKAGES:
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError as error:
            what = f"{name} is not installed: pip install -r requirements.txt"
            raise EngineError([Problem("requirements.txt:1", what)]) from error
    parts += [digest(path.read_bytes()) for path in sorted(Path(__file__).parents[1].rglob("*.py"))]
    return digest("\n".join(parts).encode())


def local_sources(snippet: Path, root: Path, seen: Seen | None = None) -> dict[str, str | None]:
    """The digests of a snippet and of every local file that it imports, directly or not.

    seen: shared between calls, so that each file is read once

    Returns paths relative to `root`. A path that an import would take if it existed, but that does
    not, maps to None: creating it changes what the import means, and so makes the outputs stale.
    """
    seen = {} if seen is None else seen
    found: dict[str, str | None] = {}
    waiting = [snippet]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen[path] = read_source(path, root)
        name, content, imports = seen[path]
        if name not in found:
            found[name] = content
            waiting += imports
    return found


def read_source(path: Path, root: Path) -> tuple[str, str | None, list[Path]]:
    name = path.relative_to(root).as_posix()
    try:
        data = path.read_bytes()
    except OSError:
        return name, digest_of_file(path), []
    imports = dict.fromkeys(candidates(data, path, root)) if path.suffix == ".py" else {}
    return name, digest(data), [file for file in imports if file.is_relative_to(root)]


def are_unchanged(made_from: dict[str, str | None], root: Path) -> bool:
    """Whether all these files are as they were."""
    return all(digest_of_file(root / name) == digest for name, digest in made_from.items())


def candidates(source: bytes, path: Path, root: Path) -> Iterator[Path]:
    """Every local file that the imports in `source` may mean, there or not."""
    try:
        tree = ast.parse(source)
    except UNREADABLE:
        return  # the run will say it, with its line
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from files_of(alias.name.split("."), root)
        elif isinstance(node, ast.ImportFrom):
            base = path.parent
            for _ in range(node.level - 1):
                base = base.parent
            base = base if node.level else root
            parts = node.module.split(".") if node.module else []
            if parts:
                yield from files_of(parts, base)
            for alias in node.names:
                yield from files_of([*parts, alias.name], base)


def files_of(parts: list[str], base: Path) -> Iterator[Path]:
    """`a.b` -> a.py, a/__init__.py, a/b.py and a/b/__init__.py, where their folder exists."""
    for depth in range(1, len(parts) + 1):
        folder = base.joinpath(*parts[: depth - 1])
        if not folder.is_dir():
            return
        yield folder / f"{parts[depth - 1]}.py"
        yield folder / parts[depth - 1] / "__init__.py"
