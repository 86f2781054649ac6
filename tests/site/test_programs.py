# SPDX-License-Identifier: MIT
"""Every program on the site, pasted into a file in an empty folder, prints the page's output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bs4 import BeautifulSoup, Tag

# Imports torch once and forks, since each program alone would pay two seconds for it.
RUN_ALL = """
import os, runpy, sys
sys.path[:] = [p for p in sys.path if os.path.realpath(p or ".") != os.path.realpath(sys.argv[1])]
import torch, matplotlib
matplotlib.use("Agg")
for folder in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        os.dup2(os.open("printed", os.O_WRONLY | os.O_CREAT), 1)
        runpy.run_path("program.py", run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("failed:", folder)
"""


def code_blocks(site: Path) -> list[Tag]:
    return [
        block
        for page in sorted(site.rglob("index.html"))
        if "notebooks" not in page.parts  # a notebook is copied cell by cell
        for block in BeautifulSoup(page.read_text(), "html.parser").select("article .language-py")
    ]


def test_every_code_block_brings_a_program_that_prints_its_output(
    site: Path, root: Path, tmp_path: Path
) -> None:
    blocks = code_blocks(site)
    assert len(blocks) > 20
    expected = {}
    for number, block in enumerate(blocks):
        program = block.find_previous_sibling()
        assert program.name == "template" and program["class"] == ["program"], block.get_text()
        folder = tmp_path / str(number)
        folder.mkdir()
        text = program.string
        assert "snippets" not in text
        (folder / "program.py").write_text(text)
        output = block.find_next_sibling()
        shown = output.select_one(".filename") if output else None
        if shown is not None and shown.get_text() == "Output":
            expected[folder] = output.code.get_text()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            RUN_ALL,
            str(root),
            *(str(tmp_path / str(n)) for n in range(len(blocks))),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "", done.stdout + done.stderr
    assert len(expected) > 10
    for folder, output in expected.items():
        assert (folder / "printed").read_text() == output
