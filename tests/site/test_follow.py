# SPDX-License-Identifier: MIT
"""One edited number in a snippet reaches all outputs, sentences and figures that depend on it."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
import torch
from bs4 import BeautifulSoup

from snippets.walkthrough.outputs import self_attention
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from tests.support.pages import parsed
from tests.support.project import copy_project

WAS, IS = "[0, 2, 0, 2],", "[0, 2, 0, 3],"
CHAPTERS = ("queries_keys_values", "attention_scores", "weighted_values", "outputs")
NEEDED = (
    "walkthrough",
    "drawing",
    "notebook_checks",
    "blanks.py",
    "glossary.md",
    "assets",
    "overrides",
)


def walkthrough_of(project: Path) -> Path:
    """Remove all but the walkthrough. Otherwise the edit would rerun two thirds of all snippets."""
    for folder in ("docs", "snippets", "snippets/notebook_checks"):
        for path in (project / folder).iterdir():
            if path.is_dir() and path.name not in NEEDED:
                shutil.rmtree(path)
            elif path.is_file() and path.name not in NEEDED:
                path.unlink()
    (project / "snippets/drawing/language_model.py").unlink()
    config = project / "mkdocs.yml"
    text = re.sub(
        r"^ {6}moved:.*\n(?: {8}.*\n)+", "", config.read_text("utf-8"), flags=re.MULTILINE
    )

    def if_there(line: re.Match[str]) -> str:
        return line[0] if (project / f"snippets/{line[1]}.py").exists() else ""

    text = text.replace("strict: true\n", "strict: false\n")  # Zensical lacks --no-strict
    config.write_text(re.sub(r"^ {8}- ([\w/]+)\n", if_there, text, flags=re.MULTILINE), "utf-8")
    return project


@pytest.fixture(scope="module")
def changed(site: Path, build, once) -> Path:
    """The edited site, built with the cache of `site`, as authors build after an edit."""

    def edited(to: Path) -> None:
        with tempfile.TemporaryDirectory() as copy:
            project = walkthrough_of(copy_project(Path(copy), ".cache"))
            inputs = project / "snippets/walkthrough/inputs.py"
            text = inputs.read_text()
            assert text.count(WAS) == 1
            inputs.write_text(text.replace(WAS, IS))
            build(to, project, strict=False)  # the chapters link to removed pages

    return once("changed", edited)


def page(site: Path, chapter: str) -> BeautifulSoup:
    return parsed(site / "walkthrough" / chapter / "index.html")


def sentences(soup: BeautifulSoup) -> str:
    return " ".join(p.get_text() for p in soup.select("article p, article td, article li"))


def test_outputs_sentences_and_figures_of_every_later_chapter_change(
    site: Path, changed: Path
) -> None:
    for chapter in CHAPTERS:
        before, after = page(site, chapter), page(changed, chapter)
        for what in (".language-text code", "article figure.drawing"):
            old, new = ([str(one) for one in soup.select(what)] for soup in (before, after))
            assert len(old) == len(new), chapter
            assert old != new, f"{chapter}: no {what} changed"
        assert sentences(before) != sentences(after), chapter


def test_the_page_shows_what_the_changed_code_computes(changed: Path) -> None:
    x = torch.tensor([[1, 0, 1, 0], [0, 2, 0, 3], [1, 1, 1, 1]], dtype=torch.float32)
    outputs = self_attention(x, w_query, w_key, w_value)
    text = page(changed, "outputs").get_text()
    assert str(outputs) in text
    assert f"{outputs[0, 1]:.4f}" in sentences(page(changed, "outputs"))
