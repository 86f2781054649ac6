# SPDX-License-Identifier: MIT
"""The notebooks as they are published: their pages, their files, and the links to them."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.support.chapters import CHAPTER_OF, KINDS, NOTEBOOKS
from tests.support.project import ADDRESSES

ADDRESS = ADDRESSES["SITE_URL"]
COLAB = "https://colab.research.google.com/github/someone/somewhere/blob/gh-pages/"
EVERY = [(name, kind) for name in NOTEBOOKS for kind in KINDS]


def page_of(site: Path, name: str, kind: str) -> Path:
    return site / "notebooks" / f"{name}_{kind}" / "index.html"


def parsed(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_a_page_weighs_20_kb_at_most(site: Path, name: str, kind: str) -> None:
    assert len(gzip.compress(page_of(site, name, kind).read_bytes())) <= 20_000


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_a_page_brings_no_sheet_and_no_script_of_its_own(site, name, kind) -> None:
    article = parsed(page_of(site, name, kind)).article
    assert not article.select("style, script, link")
    assert not article.select("[class^=jp-], [class*=' jp-'], .anchor-link, .highlight-ipynb")


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_a_page_shows_its_cells_in_their_order(site, notebook, name, kind) -> None:
    article = parsed(page_of(site, name, kind)).article
    code = [block.get_text().strip() for block in article.select(".language-python code")]
    cells = [
        cell.source.strip()
        for cell in notebook(name, kind).cells
        if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
    assert code == cells
    drawings = [
        output
        for cell in notebook(name, kind).cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(article.select("figure.drawing svg[viewBox], figure.drawing svg[viewbox]")) == len(
        drawings
    )
    assert "background:" not in str(article.select("svg")), "a drawing keeps colors of its own"


def test_pages_mark_the_outputs_that_are_measured(site, notebook) -> None:
    marked = [
        block.get_text()
        for name, kind in EVERY
        for block in parsed(page_of(site, name, kind)).select(".language-text.measured code")
    ]
    assert marked == [
        output["text"]
        for name, kind in EVERY
        for cell in notebook(name, kind).cells
        if "measured" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
    ]
    assert marked, "no notebook measures anything"


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_the_ids_on_a_page_are_unique(site: Path, name: str, kind: str) -> None:
    ids = [tag["id"] for tag in parsed(page_of(site, name, kind)).select("[id]")]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CHAPTER_OF)
def test_a_chapter_and_its_notebooks_lead_to_each_other(site, name, kind) -> None:
    chapter = site / CHAPTER_OF[name] / "index.html"
    page = page_of(site, name, kind)
    to_page, to_file = (f"../../notebooks/{name}_{kind}/", f"{name}_{kind}.ipynb")
    links = {a["href"]: a for a in parsed(chapter).select(".notebooks a")}
    assert to_page in links
    assert "download" in links[to_page + to_file].attrs
    back = {a["href"] for a in parsed(page).select(".notebooks a")}
    assert f"../../{CHAPTER_OF[name]}/" in back
    assert any(href.endswith(to_file) for href in back)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CHAPTER_OF)
def test_colab_opens_what_is_published(published: Path, name: str, kind: str) -> None:
    path = f"notebooks/{name}_{kind}/{name}_{kind}.ipynb"
    for page in (published / CHAPTER_OF[name] / "index.html", page_of(published, name, kind)):
        assert COLAB + path in [a["href"] for a in parsed(page).select(".notebooks a")]
    assert (published / path).is_file()


def test_without_a_repository_there_is_no_link_to_colab(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert "colab" not in page.read_text(encoding="utf-8").lower(), page


def test_the_deployment_publishes_the_branch_that_colab_reads(root: Path) -> None:
    workflow = (root / ".github" / "workflows" / "pages.yml").read_text()
    assert re.search(r"git push .*HEAD:gh-pages", workflow)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_links_in_a_file_work_beside_its_page(site, notebook, name, kind) -> None:
    for target in links_in(notebook(name, kind)):
        if not target.startswith("https://"):
            path = target.partition("#")[0]
            assert (page_of(site, name, kind).parent / path).resolve().is_file(), target


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_links_in_a_published_file_are_absolute(published, name, kind) -> None:
    path = published / "notebooks" / f"{name}_{kind}" / f"{name}_{kind}.ipynb"
    targets = links_in(nbformat.read(path, as_version=4))
    assert any(target.startswith(ADDRESS) for target in targets)
    for target in targets:
        assert target.startswith("https://"), target
        if target.startswith(ADDRESS):
            place = target.removeprefix(ADDRESS).partition("#")[0]
            assert (published / place / "index.html").is_file(), target
    page = page_of(published, name, kind).read_text(encoding="utf-8")
    assert f'<a href="{ADDRESS}' not in page, "a page's own links stay below wherever it is"


def links_in(notebook) -> list[str]:
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return re.findall(r"\]\(([^)\s]+)\)", text)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_a_file_is_a_notebook_by_the_standard(notebook, name, kind) -> None:
    read = notebook(name, kind)
    nbformat.validate(read)
    assert (read.nbformat, read.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in read.cells}) == len(read.cells)
    text = "\n".join(cell.source for cell in read.cells)
    assert "snippets." not in text, "it names a module of the repository"
    prose = "\n".join(cell.source for cell in read.cells if cell.cell_type == "markdown")
    prose = re.sub(r"(`+).+?\1", "", prose, flags=re.DOTALL)
    left = re.findall(r"^(?:!!!|\?\?\?|===).*|\{\{.*|--8<--.*|\[\^.*|\{ ?[.#].*", prose, re.M)
    assert not left, "Markdown that a notebook does not know"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_drawing_in_a_file_stands_by_itself(notebook, name) -> None:
    outputs = [o for cell in notebook(name, "solved").cells for o in cell.get("outputs", [])]
    drawings = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]
    assert drawings
    for svg in drawings:
        drawing = ElementTree.fromstring(svg)
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        assert float(drawing.get("width")) > 0 and float(drawing.get("height")) > 0
        used = set(re.findall(r"var\((--[\w-]+)\)", svg))
        assert used <= set(re.findall(r"(--[\w-]+):#", drawing.get("style")))


def test_notebooks_are_not_found_twice_by_the_search(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "notebooks/inputs_solved" not in index


def test_a_build_in_which_nothing_changed_does_not_load_jupyter(site, root, tmp_path) -> None:
    environment = dict(os.environ)
    told = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "mkdocs",
            "build",
            "-q",
            "-d",
            tmp_path / "second",
        ],
        cwd=root,
        env=environment | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loaded = set(re.findall(r"\|\s+([\w.]+)$", told, re.MULTILINE))
    assert "engine.write.notebook" in loaded
    assert not [name for name in loaded if name.split(".")[0] in ("nbconvert", "jupytext", "torch")]
