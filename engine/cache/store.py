# SPDX-License-Identifier: MIT
"""Stores results as files: `.cache/runs/STEM.json` holds one run and the digests it depends on."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.model.result import Result
from engine.run.environment import digest

FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Run:
    """A result, with the digest of each file that it depends on.

    environment: as `engine.run.environment` gives it
    """

    environment: str
    sources: dict[str, str | None]
    result: Result

    @property
    def key(self) -> str:
        """One digest of all that the result depends on."""
        parts = [self.environment, self.sources, self.result.versions]
        return digest(json.dumps(parts, sort_keys=True).encode())


class Store:
    """The cached results of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @contextlib.contextmanager
    def os_errors_as_engine_errors(self) -> Iterator[None]:
        """Turn an error of the system into an EngineError that says what to do."""
        try:
            yield
        except OSError as error:
            path = Path(error.filename or self.project.cache)
            message = f"cannot be read ({error.strerror})"
            if path.is_relative_to(self.project.cache):
                mend = "make room" if error.errno in FULL else "make it writable"
                message = f"cannot be written ({error.strerror}); outputs go there: {mend}"
            raise EngineError([Problem(self.project.relative(path), message)]) from error

    @contextlib.contextmanager
    def locked(self, notice: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Let one build at a time run snippets and write; the lock ends with its process.

        Raises EngineError where a file cannot be read or the cache cannot be written.
        """
        with self.os_errors_as_engine_errors():
            self.project.cache.mkdir(exist_ok=True)
            with open(self.project.cache / "lock", "w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    notice("Another build is running snippets; this one waits.")
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def load(self, stem: str) -> Run | None:
        """Return the cached run of a snippet, or None where there is none or it is damaged.

        One that an engine of another version wrote in another form is damaged, too.
        """
        body = self.load_checked(self.project.runs / f"{stem}.json")
        if body is None:
            return None
        try:
            data = json.loads(body)
            return Run(data["environment"], data["sources"], Result.of(data["result"]))
        except (KeyError, TypeError, ValueError):
            return None

    def save(self, run: Run) -> None:
        body = json.dumps(run, default=vars, sort_keys=True).encode()
        self.save_checked(self.project.runs / f"{run.result.stem}.json", body)

    @staticmethod
    def load_checked(path: Path) -> bytes | None:
        """Return what `save_checked` wrote, or None where it is not there or not whole."""
        try:
            checksum, _, body = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        return body if digest(body).encode() == checksum else None

    @staticmethod
    def save_checked(path: Path, body: bytes) -> None:
        """Write bytes behind their checksum, so that `load_checked` notices a cut."""
        make_room_for(path)
        path.write_bytes(digest(body).encode() + b"\n" + body)

    def evict_others(self, stems: Iterable[str]) -> None:
        """Remove the results of all snippets but these."""
        keep_only(self.project.runs, {str(self.project.runs / f"{stem}.json") for stem in stems})

    def clean(self) -> None:
        """Delete all results, programs and written pages."""
        with self.locked():
            for folder in (self.project.runs, self.project.programs, self.project.written):
                if folder.exists():
                    shutil.rmtree(folder)


class DiskCache:
    """Disk cache of texts, keyed by a digest of their inputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()

    def get(self, inputs: bytes, make: Callable[[], str]) -> str:
        """Return the cached text for these inputs, or else what `make` returns, and cache that."""
        path = self.folder / f"{digest(inputs)}.md"
        self.used.add(str(path))
        if body := Store.load_checked(path):
            return body.decode()
        text = make()
        with contextlib.suppress(OSError):  # then it is made again
            Store.save_checked(path, text.encode())
        return text

    def evict_unused(self) -> None:
        """Delete what nothing asked for."""
        keep_only(self.folder, self.used)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    make_room_for(path)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_room_for(path: Path) -> None:
    """Make the folder of a file; delete a folder that has the file's name."""
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)


def keep_only(folder: Path, wanted: Container[str]) -> None:
    """Delete all other files below a folder; a build that was killed leaves some half-written."""
    for place, _, names in os.walk(folder):
        for path in (f"{place}/{name}" for name in names):
            if path not in wanted:
                Path(path).unlink(missing_ok=True)
