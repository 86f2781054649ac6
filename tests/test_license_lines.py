# SPDX-License-Identifier: MIT
"""Every source file names its license."""

from __future__ import annotations

from pathlib import Path

ENDINGS = {".py", ".js", ".css", ".html", ".yml", ".toml", ".txt", ".cff"}
NAMES = {"Makefile", "run"}
HIDDEN = {".github", ".ci"}  # tools made all other hidden folders
MADE = {"site", "node_modules", "__pycache__"}
LINE = "SPDX-License-Identifier: MIT"


def source_files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.iterdir()):
        if path.name in MADE or (path.name.startswith(".") and path.name not in HIDDEN):
            continue
        if path.is_dir():
            found += source_files(path)
        elif path.suffix in ENDINGS or path.name in NAMES:
            found.append(path)
    return found


def test_the_files_are_found(root: Path) -> None:
    names = {path.relative_to(root).as_posix() for path in source_files(root)}
    assert {
        ".ci/run",
        ".github/workflows/test.yml",
        "docs/assets/site.css",
        "docs/assets/lab/lab.js",
        "docs/overrides/main.html",
        "engine/build.py",
        "mkdocs.yml",
        "snippets/walkthrough/outputs.py",
        "tests/conftest.py",
    } <= names


def test_every_source_file_has_its_license_line(root: Path) -> None:
    without = [
        path.relative_to(root).as_posix()
        for path in source_files(root)
        if not any(LINE in line for line in path.read_text("utf-8").splitlines()[:3])
    ]
    assert not without, f"add a line with {LINE} at the top of: {', '.join(without)}"
