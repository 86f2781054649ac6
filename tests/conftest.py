# SPDX-License-Identifier: MIT
"""The built site, made once for all tests that look at it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Where a site is published must not depend on who runs the tests.
ADDRESSES = ("SITE_URL", "REPO_URL", "EDIT_URI")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def build() -> Callable[..., Path]:
    """`build(folder, SITE_URL=..., ...)` builds the site strictly into a folder."""

    def build_into(folder: Path, **variables: str) -> Path:
        environment = {k: v for k, v in os.environ.items() if k not in ADDRESSES}
        environment.setdefault("SOURCE_DATE_EPOCH", "315532800")
        environment |= {"NO_MKDOCS_2_WARNING": "1", **variables}
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"the site does not build:\n{done.stdout}{done.stderr}", pytrace=False)
        return folder

    return build_into


@pytest.fixture(scope="session")
def site(build: Callable[..., Path], once: Callable[..., Path]) -> Path:
    """The built site as a reader gets it from a disk: no addresses are known."""
    return once("site", build)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`once(name, make)` is a folder that `make` filled once, for all workers of a parallel run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder = base / "shared" / name
        folder.parent.mkdir(exist_ok=True)
        with (folder.parent / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = folder.with_suffix(".unfinished")
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return made
