# SPDX-License-Identifier: MIT
"""The dependencies that all results share: the versions of Python, packages and the engine."""

import functools
import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path

from engine.model.problem import EngineError, Problem

PRELOADED = ("torch", "numpy", "matplotlib")  # imported before any snippet runs
MODEL = tuple(f"model/{name}.py" for name in ("problem", "result", "snippet"))
# The parts of engine/ that can affect a result.
USED = (*MODEL, "read/syntax.py", "read/snippet.py", "run")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@functools.cache
def environment() -> str:
    """Return a digest of Python's version, the machine type, and the parts of the engine in USED.

    It is computed once per process, so that it describes the running code.
    """
    parts = [platform.python_version(), platform.machine()]
    for folder in (Path(__file__).parents[1] / name for name in USED):
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]
        parts += [digest(path.read_bytes()) for path in files]
    return digest("\n".join(parts).encode())


# The distributions of modules that PRELOADED import, where the names differ. To look them up in the
# metadata would add 0.5 s to the 3 s in which a worker starts.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "_distutils_hack": "setuptools",
    "dateutil": "python-dateutil",
    "functorch": "torch",
    "mpl_toolkits": "matplotlib",
    "pylab": "matplotlib",
    "torchgen": "torch",
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
    """Raise EngineError if one of the PRELOADED packages is not installed."""
    for name in PRELOADED:
        if version_of(name) is None:
            message = f"{name} is not installed: pip install -r requirements.txt"
            raise EngineError([Problem("requirements.txt:1", message)])


def imported_versions() -> dict[str, str]:
    """Return the version of each distribution from which this process has imported a module.

    It examines only the modules that are new since the last call, which a child inherits from the
    worker. This saves 7 ms of the 50 ms that a child takes.
    """
    new = sys.modules.keys() - seen
    seen.update(new)
    packages = {
        name.partition(".")[0]
        for name in new
        if "-packages/" in (getattr(sys.modules.get(name), "__file__", None) or "")
    }
    names = {DISTRIBUTIONS.get(package, package) for package in packages}
    if unknown := {name for name in names if version_of(name) is None}:
        by_package = metadata.packages_distributions()
        names |= {name for package in unknown for name in by_package.get(package, ())}
    versions.update({name: version for name in names if (version := version_of(name))})
    return dict(sorted(versions.items()))
