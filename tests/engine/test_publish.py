# SPDX-License-Identifier: MIT
"""A site is brought up to date file by file, and what builds leave in memory is cleared away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.model.problem import EngineError
from engine.run import scratch
from engine.site.publish import publish


def lay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_what_is_the_same_is_left_alone(tmp_path: Path) -> None:
    made = lay(tmp_path / "made", same="1", changed="2", new__page="3")
    site = lay(tmp_path / "site", same="1", changed="old")
    os.utime(site / "same", ns=(0, 0))
    assert publish(made, site, {}) == 2
    assert texts(site) == texts(made)
    assert (site / "same").stat().st_mtime_ns == 0
    assert publish(made, site, {}) == 0


def test_what_is_no_longer_made_goes_with_its_folders_and_what_is_hidden_stays(
    tmp_path: Path,
) -> None:
    made = lay(tmp_path / "made", page="1")
    site = lay(tmp_path / "site", page="1", old__deep__page="2", **{".git__config": "3"})
    elsewhere = lay(tmp_path / "elsewhere", page="4")
    (site / "link").symlink_to(elsewhere)
    (site / ".git/refs").mkdir()  # without it, it is no repository
    publish(made, site, {})
    assert texts(site) == {"page": "1", ".git/config": "3"}
    assert {path.name for path in site.iterdir()} == {"page", ".git"}
    assert (site / ".git/refs").is_dir()
    assert texts(elsewhere) == {"page": "4"}


def test_a_page_is_published_as_it_was_changed(tmp_path: Path) -> None:
    made = lay(tmp_path / "made", page="1", other="2")
    publish(made, tmp_path / "site", {made / "page": b"changed"})
    assert texts(tmp_path / "site") == {"page": "changed", "other": "2"}


def test_a_page_may_become_a_folder_and_a_folder_a_page(tmp_path: Path) -> None:
    made = lay(tmp_path / "made", one__index="1", two="2")
    site = lay(tmp_path / "site", one="old", two__index="old")
    publish(made, site, {})
    assert texts(site) == texts(made)


def test_a_site_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = lay(tmp_path / "made", page="1")

    def refuse(path: Path, _: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(EngineError, match=r"site/page: cannot be written \(Permission denied\)"):
        publish(made, tmp_path / "site", {})


def test_a_page_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, site = lay(tmp_path / "made", page="a new page"), lay(tmp_path / "site", page="old")
    whole = Path.write_bytes

    def half(path: Path, data: bytes) -> None:
        whole(path, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", half)
        with pytest.raises(EngineError, match=r"site/page: cannot be written \(No space left"):
            publish(made, site, {})
    assert texts(site) == {"page": "old"}


def test_what_a_killed_process_left_in_memory_is_removed_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ROOM", 0)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    site = f"{scratch.OURS}-site"
    kept = {f"{site}_{os.getpid()}_x", f"{scratch.OURS}-engine_{gone.pid}_x", f"site_{gone.pid}_x"}
    for name in {f"{site}_{gone.pid}_x", *kept}:
        lay(tmp_path / name, page="1")
    with scratch.scratch("site") as folder:
        assert Path(folder).parent == tmp_path
        left = {path.name for path in tmp_path.iterdir()} - {Path(folder).name}
    assert left == kept


def test_where_memory_has_no_room_the_folder_is_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ROOM", 1 << 62)
    with scratch.scratch("site") as folder:
        assert Path(folder).parent != tmp_path
