# SPDX-License-Identifier: MIT
"""A damaged, full, outdated or read-only cache is repaired silently, or reported."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cache import store
from engine.model.problem import EngineError
from engine.run.environment import digest
from tests.support.sample import Sample

SNIPPET = """
    # --8<-- [start:part]
    print("right")
    # --8<-- [end:part]
"""
PAGE = "::: one: part\n"
RUN, PROGRAM = ".cache/runs/one.json", ".cache/programs/one.json"


@pytest.fixture
def built(sample: Sample) -> Sample:
    sample.snippet(SNIPPET)
    sample.page(PAGE)
    assert sample.refresh().problems == []
    return sample


def assert_next_is_right(sample: Sample, ran: int) -> None:
    sample.fresh_engine()
    report = sample.refresh()
    assert report.problems == []
    assert len(report.ran) == ran
    assert sample.output("one/part.txt") == "right\n"
    sample.fresh_engine()
    assert sample.refresh().ran == []


def rewritten(path: Path, change: dict[str, object]) -> None:
    """Change values in a cache file, and give it a valid checksum."""
    data = {**json.loads(path.read_bytes().partition(b"\n")[2]), **change}
    store.Store.save_checked(path, json.dumps(data).encode())


def test_a_run_whose_file_is_truncated_is_repeated(built: Sample) -> None:
    path = built.root / RUN
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert built.engine.store.load("one") is None
    assert_next_is_right(built, ran=1)


def test_truncated_programs_are_made_again(built: Sample) -> None:
    path = built.root / PROGRAM
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert built.engine.store.load_checked(path) is None
    assert_next_is_right(built, ran=0)
    assert path.read_bytes() == whole


def test_a_changed_byte_is_detected(built: Sample) -> None:
    path = built.root / RUN
    path.write_bytes(path.read_bytes().replace(b'"right', b'"wrong'))
    assert b"wrong" in path.read_bytes()
    assert_next_is_right(built, ran=1)


def test_folders_in_place_of_files_are_replaced(built: Sample) -> None:
    for name in (RUN, PROGRAM):
        (built.root / name).unlink()
        (built.root / name).mkdir()
    assert_next_is_right(built, ran=1)


def test_files_in_place_of_folders_are_reported(built: Sample) -> None:
    for name in ("runs", "programs"):
        shutil.rmtree(built.root / ".cache" / name)
        (built.root / ".cache" / name).write_text("a file")
    built.fresh_engine()
    with pytest.raises(EngineError, match=r"\.cache/runs: cannot be written \(.*make it writable"):
        built.refresh()
    shutil.rmtree(built.root / ".cache")
    assert_next_is_right(built, ran=1)


def test_a_file_in_place_of_the_cache_is_reported(sample: Sample) -> None:
    sample.snippet(SNIPPET)
    sample.page(PAGE)
    (sample.root / ".cache").write_text("a file")
    with pytest.raises(EngineError, match=r"\.cache: cannot be written .* make it writable"):
        sample.refresh()
    (sample.root / ".cache").unlink()
    assert_next_is_right(sample, ran=1)


def test_a_deleted_cache_is_made_again(built: Sample) -> None:
    shutil.rmtree(built.root / ".cache")
    assert_next_is_right(built, ran=1)


def test_a_run_by_an_older_engine_is_repeated(built: Sample) -> None:
    rewritten(built.root / RUN, {"environment": "an older engine's"})
    assert_next_is_right(built, ran=1)


def test_a_run_in_an_older_format_is_repeated(built: Sample) -> None:
    rewritten(
        built.root / RUN, {"environment": "older", "result": {"stem": "one", "prints": "wrong"}}
    )
    assert_next_is_right(built, ran=1)


def test_files_with_valid_checksums_and_other_contents_are_replaced(built: Sample) -> None:
    for name in (RUN, PROGRAM):
        body = b'{"version": 0}'
        (built.root / name).write_bytes(digest(body).encode() + b"\n" + body)
    assert_next_is_right(built, ran=1)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EROFS, "Read-only file system.*make it writable"),
        (errno.EACCES, "Permission denied.*make it writable"),
    ],
    ids=["a read-only disk", "a folder of someone else's"],
)
def test_a_read_only_cache_is_reported(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    sample.snippet(SNIPPET)
    sample.page(PAGE)

    def refuse(path: Path, _: bytes) -> None:
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        with pytest.raises(EngineError, match=rf"\.cache/runs/\S+: cannot be written \({told}"):
            sample.refresh()
    assert_next_is_right(sample, ran=1)


@pytest.mark.parametrize("room", range(3))
def test_a_full_disk_is_reported_and_leaves_a_usable_cache(
    built: Sample, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """The disk fills up after `room` files: before the run, before the program, or never."""
    (built.root / "snippets/one.py").write_text(
        (built.root / "snippets/one.py").read_text() + "#\n"
    )
    written = 0

    def until_full(real: Callable[..., object]) -> Callable[..., object]:
        def full(*arguments: object) -> object:
            nonlocal written
            written += 1
            if written > room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*arguments)

        return full

    built.fresh_engine()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", until_full(os.replace))
        patch.setattr(Path, "write_bytes", until_full(Path.write_bytes))
        if room < 2:
            with pytest.raises(
                EngineError, match=r"\.cache: cannot be written \(No space left.*make room"
            ):
                built.refresh()
            assert not list(built.root.rglob("*.part"))
        else:
            built.refresh()
    assert_next_is_right(built, ran=1 if room == 0 else 0)


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="mounts a file system of 32 kB, which needs Linux"
)
def test_a_really_full_disk_is_reported(sample: Sample, root: Path) -> None:
    command = (
        "mount -t tmpfs -o size=32k small .cache && "
        f"{sys.executable} -m engine; status=$?; rm -rf .cache/*; umount .cache; exit $status"
    )
    (sample.root / ".cache").mkdir()
    sample.section("print('x' * 100_000)")
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", command],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    assert done.returncode == 1
    assert (
        ".cache: cannot be written (No space left on device); outputs go there: make room"
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert len(sample.refresh().ran) == 1
