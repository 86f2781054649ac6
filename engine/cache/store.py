# SPDX-License-Identifier: MIT
"""Files of the cache: `.cache/runs/STEM.json` holds one result and the digests of its sources."""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.model.result import Result
from engine.run.environment import digest

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Run:
    """A result with the digests of its dependencies.

    environment: the digest that `engine.cache.freshness.environment_of` returns
    sources: digests of the files and folders, None for missing ones
    """

    environment: str
    sources: dict[str, str | None]
    result: Result

    @property
    def key(self) -> str:
        """A digest of all dependencies."""
        parts = [self.environment, self.sources, self.result.versions]
        return digest(json.dumps(parts, sort_keys=True).encode())


class Store:
    """The cache of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @contextlib.contextmanager
    def locked(self, notice: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Wait for other builds and hold the lock of the cache; it is released with the process.

        Raises EngineError, with advice, if a file cannot be read or the cache cannot be written.
        """
        cache = self.project.cache
        try:
            cache.mkdir(exist_ok=True)
            with open(cache / "lock", "w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    notice("Another build is running snippets; this one waits.")
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            path = Path(error.filename or cache)
            message = f"cannot be read ({error.strerror})"
            if path.is_relative_to(cache):
                advice = "make room" if error.errno in DISK_FULL else "make it writable"
                message = f"cannot be written ({error.strerror}); outputs go there: {advice}"
            raise EngineError([Problem(self.project.relative(path), message)]) from error

    def file(self, stem: str) -> Path:
        return self.project.runs / f"{stem}.json"

    def load(self, stem: str) -> Run | None:
        """Return the cached run of a snippet; None if it is missing or unreadable."""
        body = self.load_checked(self.file(stem))
        if body is None:
            return None
        try:
            data = json.loads(body)
            return Run(data["environment"], data["sources"], Result.of(data["result"]))
        except (KeyError, TypeError, ValueError):
            return None

    def save(self, run: Run) -> None:
        body = json.dumps(run, default=vars, sort_keys=True).encode()
        self.save_checked(self.file(run.result.stem), body)

    @staticmethod
    def load_checked(path: Path) -> bytes | None:
        """Return the bytes that `save_checked` wrote, or None if the file is missing or damaged."""
        try:
            checksum, _, body = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        return body if digest(body).encode() == checksum else None

    @staticmethod
    def save_checked(path: Path, body: bytes) -> None:
        """Write bytes after their checksum, with which `load_checked` detects incomplete files."""
        prepare_path(path)
        path.write_bytes(digest(body).encode() + b"\n" + body)

    def clean(self) -> None:
        """Delete all results, programs and written pages."""
        with self.locked():
            for folder in (self.project.runs, self.project.programs, self.project.written):
                if folder.exists():
                    shutil.rmtree(folder)


class DiskCache:
    """Disk cache of strings, keyed by a digest of their inputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()

    def get(self, inputs: bytes, make: Callable[[], str]) -> str:
        """Return the cached text for these inputs; if there is none, call `make` and cache it."""
        path = self.folder / f"{digest(inputs)}.md"
        self.used.add(str(path))
        if body := Store.load_checked(path):
            return body.decode()
        text = make()
        with contextlib.suppress(OSError):  # the next build computes it again
            Store.save_checked(path, text.encode())
        return text

    def evict_unused(self) -> None:
        """Delete the texts that were not used since this object was created."""
        keep_only(self.folder, self.used)


def write(path: Path, data: bytes) -> None:
    """Write a file atomically."""
    prepare_path(path)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def prepare_path(path: Path) -> None:
    """Make the folder of a file; delete a folder that has the file's name."""
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)


def keep_only(folder: Path, paths: Container[str]) -> None:
    """Delete all files below a folder except `paths`, such as temporary files of killed builds."""
    for parent, _, names in os.walk(folder):
        for path in (f"{parent}/{name}" for name in names):
            if path not in paths:
                Path(path).unlink(missing_ok=True)
