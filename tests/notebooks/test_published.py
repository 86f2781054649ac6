# SPDX-License-Identifier: MIT
"""The published notebooks have valid files, pages that show them, and links that work."""

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
from tests.support.pages import parsed
from tests.support.project import ADDRESSES

ADDRESS = ADDRESSES["SITE_URL"]
COLAB = "https://colab.research.google.com/github/someone/somewhere/blob/gh-pages/"
EVERY = [(name, kind) for name in NOTEBOOKS for kind in KINDS]


def page_of(site: Path, name: str, kind: str) -> Path:
    return site / "notebooks" / f"{name}_{kind}" / "index.html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[tuple[str, str], BeautifulSoup]:
    return {one: parsed(page_of(site, *one)) for one in EVERY}


def test_no_page_weighs_more_than_25_kb(site: Path) -> None:
    # The notebooks of Part 3 contain a whole language model.
    weights = {one: len(gzip.compress(page_of(site, *one).read_bytes())) for one in EVERY}
    assert {one: weight for one, weight in weights.items() if weight > 25_000} == {}


def test_no_page_has_a_sheet_or_a_script_of_its_own(pages) -> None:
    own = "style, script, link, [class^=jp-], [class*=' jp-'], .anchor-link, .highlight-ipynb"
    assert [one for one, page in pages.items() if page.article.select(own)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_its_cells_in_their_order(pages, notebook, kind) -> None:
    for name in NOTEBOOKS:
        article = pages[name, kind].article
        cells = [cell for cell in notebook(name, kind).cells if cell.cell_type == "code"]
        shown = [c for c in cells if not c.metadata.get("jupyter", {}).get("source_hidden")]
        code = [block.get_text().strip() for block in article.select(".language-py code")]
        assert code == [cell.source.strip() for cell in shown], name
        outputs = [output for cell in cells for output in cell.outputs]
        drawings = [output for output in outputs if "image/svg+xml" in output.get("data", {})]
        assert len(article.select("figure.drawing svg")) == len(drawings), name
        printed = [block.get_text() for block in article.select(".filename + pre code")]
        assert printed == [output.text for output in outputs if "text" in output], name


def test_a_drawing_on_a_page_takes_its_colors_from_the_page(pages) -> None:
    svgs = [str(svg) for page in pages.values() for svg in page.article.select("svg")]
    assert svgs and not [svg for svg in svgs if "background:" in svg]


def test_a_page_marks_each_blank(pages, notebook) -> None:
    for name in NOTEBOOKS:
        marked = [line.get_text().strip() for line in pages[name, "hands_on"].select(".to-do .hll")]
        code = "\n".join(c.source for c in notebook(name, "hands_on").cells)
        assert marked == re.findall(r"# TO-DO: .*", code) != [], name
        assert not pages[name, "solved"].select(".to-do"), name


SHAPES = {  # by notebook, the code that produces the shape that readers predict
    "queries_keys_values": "^keys = ",
    "attention_scores": "^scores = ",
    "multi_head": "^head_queries = ",
    "layer": "^outputs, weights = ",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_predicted_before_the_code_that_gives_it_runs(notebook, name) -> None:
    code = [cell for cell in notebook(name, "hands_on").cells if cell.cell_type == "code"]
    cells = [cell.source for cell in code if "helper" not in cell.metadata.get("tags", [])]
    [blank] = [at for at, text in enumerate(cells) if 'check_answer("Predict the shape"' in text]
    giving = [at for at, text in enumerate(cells) if re.search(SHAPES[name], text, re.MULTILINE)]
    assert "my_answer = ...\n" in cells[blank]
    assert giving and min(giving) > blank


def test_a_page_has_the_site_s_formulas_and_headings(pages, notebook) -> None:
    for (name, kind), page in pages.items():
        prose = "\n".join(c.source for c in notebook(name, kind).cells if c.cell_type == "markdown")
        formulas = re.search(r"\$.+\$", re.sub(r"`[^`]*`", "", prose))
        is_brief = "This page shows the code, and what it printed" in page.article.get_text()
        if formulas and not is_brief:
            assert page.article.select("math"), name
        contents = [a.get_text().strip() for a in page.select(".md-nav--secondary .md-nav__link")]
        assert contents, name
        assert all(h.select(".headerlink") for h in page.article.select("h1, h2, h3")), name


def test_pages_mark_the_outputs_that_are_measured(pages, notebook) -> None:
    marked = [
        block.get_text()
        for page in pages.values()
        for block in page.select(".language-text.measured code")
    ]
    assert marked == [
        output["text"]
        for name, kind in EVERY
        for cell in notebook(name, kind).cells
        if "measured" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
    ]
    assert marked, "no notebook measures anything"


def test_the_ids_on_a_page_are_unique(pages) -> None:
    for one, page in pages.items():
        ids = [tag["id"] for tag in page.select("[id]")]
        assert sorted(ids) == sorted(set(ids)), one


def test_a_chapter_and_its_notebooks_lead_to_each_other(site, pages) -> None:
    for name, chapter in CHAPTER_OF.items():
        links = {a["href"]: a for a in parsed(site / chapter / "index.html").select(".notebooks a")}
        up = "../" * (chapter.count("/") + 1)
        for kind in KINDS:
            to_page, to_file = (f"{up}notebooks/{name}_{kind}/", f"{name}_{kind}.ipynb")
            assert to_page in links
            assert "download" in links[to_page + to_file].attrs
            back = {a["href"] for a in pages[name, kind].select(".notebooks a")}
            assert f"../../{chapter}/" in back
            assert any(href.endswith(to_file) for href in back)


def test_the_overview_leads_to_every_notebook(site) -> None:
    overview = parsed(site / "notebooks" / "index.html").article
    links = {a["href"] for a in overview.select("a[href]")}
    missing = [(name, kind) for name, kind in EVERY if f"{name}_{kind}/" not in links]
    assert not missing
    files = [link for link in links if link.endswith(".ipynb")]
    assert len(files) == len(EVERY)
    assert all((site / "notebooks" / file).is_file() for file in files)


def test_links_to_colab_open_published_notebooks(published: Path) -> None:
    def links(page: Path) -> set[str]:
        return {a["href"] for a in parsed(page).article.select("a[href]")}

    overview = links(published / "notebooks" / "index.html")
    for name, kind in EVERY:
        path = f"notebooks/{name}_{kind}/{name}_{kind}.ipynb"
        assert (published / path).is_file()
        assert COLAB + path in overview & links(page_of(published, name, kind))
        if name in CHAPTER_OF:
            assert COLAB + path in links(published / CHAPTER_OF[name] / "index.html")


def test_without_a_repository_there_is_no_link_to_colab(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert "colab.research" not in page.read_text(encoding="utf-8").lower(), page


def test_the_deployment_publishes_the_branch_that_colab_reads(root: Path) -> None:
    workflow = (root / ".github" / "workflows" / "pages.yml").read_text()
    assert re.search(r"git push .*HEAD:gh-pages", workflow)


def test_links_in_a_file_work_beside_its_page(site, notebook) -> None:
    for name, kind in EVERY:
        for target in links_in(notebook(name, kind)):
            if not target.startswith("https://"):
                path = target.partition("#")[0]
                assert (page_of(site, name, kind).parent / path).resolve().is_file(), target


def test_links_in_a_published_file_are_absolute(published) -> None:
    for name, kind in EVERY:
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


def test_a_file_is_a_notebook_by_the_standard(notebook) -> None:
    for name, kind in EVERY:
        read = notebook(name, kind)
        nbformat.validate(read)
        assert (read.nbformat, read.nbformat_minor) == (4, 5)
        assert len({cell.id for cell in read.cells}) == len(read.cells)
        text = "\n".join(cell.source for cell in read.cells)
        assert "snippets." not in text, "it names a module of the repository"
        prose = "\n".join(cell.source for cell in read.cells if cell.cell_type == "markdown")
        prose = re.sub(r"(`+).+?\1", "", prose, flags=re.DOTALL)
        left = re.findall(
            r"^(?:!!!|\?\?\?|===|:::).*|\{\{.*|--8<--.*|\[\^.*|\{ ?[.#].*|\(site:.*", prose, re.M
        )
        assert not left, "Markdown that a notebook does not know"


def test_a_drawing_in_a_file_is_complete_by_itself(notebook) -> None:
    for name in NOTEBOOKS:
        outputs = [o for cell in notebook(name, "solved").cells for o in cell.get("outputs", [])]
        drawings = [
            o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})
        ]
        assert drawings, name
        for svg in drawings:
            drawing = ElementTree.fromstring(svg)
            assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
            assert float(drawing.get("width")) > 0 and float(drawing.get("height")) > 0
            used = set(re.findall(r"var\((--[\w-]+)", svg))
            assert used <= set(re.findall(r"(--[\w-]+):#", drawing.get("style"))), name


def test_the_search_does_not_find_notebooks(site: Path) -> None:
    (index,) = [*site.glob("search/search_index.json"), *site.glob("search.json")]
    text = index.read_text(encoding="utf-8")
    assert "walkthrough/inputs" in text
    assert "notebooks/inputs_solved" not in text


@pytest.mark.mkdocs_only("builds with MkDocs once more, after its own first build")
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
