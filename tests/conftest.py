# SPDX-License-Identifier: MIT
"""The built site, made once for all tests that need it, and one worker for all samples."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.run.pool import Pool
from engine.site.policy import secure
from tests.support.project import ADDRESSES, FROM_SCRATCH, ROOT, copy_project
from tests.support.sample import Sample

for address in ADDRESSES:
    os.environ.pop(address, None)
# Tests run in parallel, and more threads than cores would wait for one another.
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--zensical", action="store_true", help="build the site with Zensical")


# An xdist worker runs whole files. Long files come first, so that none is left over at the end.
LONG = (
    "tests/browser/",
    "tests/site/",
    "tests/notebooks/",
    "tests/faults/",
    "tests/gallery/",
    "tests/take_along/test_attention_check.py",
    "tests/engine/test_program_idioms.py",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # sorts after the plugin that shuffles the tests
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Mark tests by what they need, sort long files first, and skip what Zensical cannot do."""
    for item in items:
        if {"site", "build"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("build")
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker("browser")
        if config.getoption("--zensical") and (mark := item.get_closest_marker("mkdocs_only")):
            item.add_marker(pytest.mark.skip(reason=mark.args[0]))
    yield
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """`build(folder, project, SITE_URL=..., ...)` builds a site, strictly by default."""
    with_zensical = request.config.getoption("--zensical")

    def build_into(
        folder: Path, project: Path = ROOT, strict: bool = True, **variables: str
    ) -> Path:
        if project == ROOT and (with_zensical or variables):
            # mkdocs.yml fixes Zensical's folder, and variables would end up in the cache.
            with tempfile.TemporaryDirectory() as copy:
                return build_into(folder, copy_project(Path(copy), ".cache"), **variables)
        environment = {"SOURCE_DATE_EPOCH": "315532800", **os.environ}
        environment |= {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project), **variables}
        if with_zensical:
            run([sys.executable, "-m", "engine", "write"], project, environment)
            zensical = [sys.executable, "-m", "zensical", "build", "--config-file", ".zensical.yml"]
            run([*zensical, "--strict"] if strict else zensical, project, environment)
            secure(project / "site")
            shutil.move(project / "site", folder)
            return folder
        command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
        run([*command, "--strict" if strict else "--no-strict"], project, environment)
        return folder

    return build_into


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"the site does not build:\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def site(build: Callable[..., Path], once: Callable[..., Path]) -> Path:
    """The built site as opened from a disk, built without its published addresses."""

    def built(to: Path) -> None:
        cached = (ROOT / ".cache").exists()
        build(to)
        if not cached:
            to.with_name(FROM_SCRATCH).touch()

    return once("site", built)


@pytest.fixture(scope="session")
def published(site: Path, build: Callable[..., Path], once: Callable[..., Path]) -> Path:
    """The site as published from GitHub, built after `site` so that it reuses the cache."""
    return once("published", lambda to: build(to, **ADDRESSES))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`once(name, make)` returns a folder that `make` fills once for all parallel workers."""
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


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """One worker with torch imported, shared by all sample projects."""
    shared = Pool()
    yield shared
    shared.close()


@pytest.fixture
def sample(tmp_path: Path, pool: Pool) -> Sample:
    """A small project in a temporary folder."""
    return Sample(tmp_path, pool)


@pytest.fixture(autouse=True)
def print_options() -> Iterator[None]:
    """Reset torch's print options, which a snippet run by a test may have changed."""
    yield
    if torch := sys.modules.get("torch"):
        torch.set_printoptions(profile="default")
