# SPDX-License-Identifier: MIT
"""Every code block of the site carries the program that the build proved for it.

tests/gallery tests that such programs print the same output outside of the engine.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag

from engine.build import Engine
from engine.model.build import Build
from engine.programs.prove import Attempt
from engine.programs.slicer import Reach, Slicer
from engine.read.config import read_config
from tests.support.offenders import assert_none
from tests.support.pages import parsed


def code_blocks(site: Path) -> list[Tag]:
    return [
        block
        for page in sorted(site.rglob("index.html"))
        if "notebooks" not in page.parts  # readers copy notebooks cell by cell
        for block in parsed(page).select("article .language-py")
    ]


@pytest.fixture(scope="module")
def built(site: Path, root: Path) -> Build:
    """The build that the site was made from, read from the cache."""
    engine = Engine(read_config(root / "mkdocs.yml").project())
    build = engine.refresh()
    engine.close()
    assert not build.problems
    return build


def test_every_code_block_brings_its_program(site: Path, built: Build) -> None:
    proved = set(built.programs.values())
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


def test_each_program_is_sliced_the_same_in_another_process(built: Build, root: Path) -> None:
    """The cached programs come from a process with another hash seed."""
    slicer = Slicer(root, {snippet.path: snippet.text for snippet in built.snippets.values()})
    wrong = []
    for block, program in built.programs.items():
        attempt = Attempt(block, slicer, built.snippets[block.stem], built.results[block.stem])
        slices = {attempt.text}
        slices |= {attempt.text for reach in Reach if attempt.extend_to(reach)}
        if program not in slices:
            wrong.append(f"{block}\n{program}")
    assert len(built.programs) > 20
    assert_none(wrong)


def ends_with(program: str, line: str) -> bool:
    return program.rstrip().rpartition("\n")[2].strip() == line
