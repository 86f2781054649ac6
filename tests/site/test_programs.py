# SPDX-License-Identifier: MIT
"""Every code block of the site brings the program that the build proved for it.

That such programs print their output outside of the engine, too, is what tests/gallery tests.
"""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup, Tag

from engine.build import Engine
from engine.model.project import Project


def code_blocks(site: Path) -> list[Tag]:
    return [
        block
        for page in sorted(site.rglob("index.html"))
        if "notebooks" not in page.parts  # a notebook is copied cell by cell
        for block in BeautifulSoup(page.read_text(), "html.parser").select("article .language-py")
    ]


def test_every_code_block_brings_its_program(site: Path, root: Path) -> None:
    engine = Engine(Project(root))
    build = engine.refresh()
    engine.close()
    assert not build.problems
    proved = set(build.programs.values())
    blocks = code_blocks(site)
    assert len(blocks) > 20
    wrong = []
    for block in blocks:
        program = block.find_previous_sibling()
        is_program = program.name == "template" and program["class"] == ["program"]
        shown = block.code.get_text().rstrip().rpartition("\n")[2].strip()
        if not is_program or program.string not in proved or not ends_with(program.string, shown):
            wrong.append(block.get_text())
    assert wrong == []
    assert not [text for text in proved if "from snippets" in text or "import snippets" in text]


def ends_with(program: str, line: str) -> bool:
    return program.rstrip().rpartition("\n")[2].strip() == line
