# SPDX-License-Identifier: MIT
"""What every result depends on besides the files that its run read."""

from __future__ import annotations

import functools
import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path

from engine.model.problem import EngineError, Problem

PRELOADED = ("torch", "numpy", "matplotlib")  # imported before any snippet runs
MODEL = tuple(f"model/{name}.py" for name in ("problem", "result", "snippet"))
USED = (*MODEL, "read/syntax.py", "read/snippet.py", "run")  # the parts of engine/ that matter


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@functools.cache
def environment() -> str:
    """Return a digest of Python's version, the machine, and the part of the engine that runs.

    Taken once per process: it describes the engine that is running.
    """
    parts = [platform.python_version(), platform.machine()]
    for folder in (Path(__file__).parents[1] / name for name in USED):
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]
        parts += [digest(path.read_bytes()) for path in files]
    return digest("\n".join(parts).encode())


# Packages of other names than their distributions, which come with those of `PRELOADED`.
OF_PRELOADED = {
    "PIL",
    "_distutils_hack",
    "dateutil",
    "functorch",
    "mpl_toolkits",
    "pylab",
    "torchgen",
}
seen: set[str] = set()  # names of modules
versions: dict[str, str] = {}


@functools.cache
def version_of(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def check_installed() -> None:
    """Raise EngineError if a package is missing that every run needs."""
    for name in PRELOADED:
        if version_of(name) is None:
            message = f"{name} is not installed: pip install -r requirements.txt"
            raise EngineError([Problem("requirements.txt:1", message)])


def imported_versions() -> dict[str, str]:
    """Return the version of each distribution that this process has imported a module of.

    A child looks at new modules alone: at all, it would spend 7 ms of some 50.
    """
    new = sys.modules.keys() - seen
    seen.update(new)
    packages = {
        name.partition(".")[0]
        for name in new
        if "-packages/" in (getattr(sys.modules.get(name), "__file__", None) or "")
    }
    names = {package for package in packages if version_of(package)}
    if unknown := packages - names - OF_PRELOADED:
        by_package = metadata.packages_distributions()
        names |= {name for package in unknown for name in by_package.get(package, ())}
    versions.update({name: version for name in names if (version := version_of(name))})
    return dict(sorted(versions.items()))
