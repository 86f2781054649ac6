# SPDX-License-Identifier: MIT
"""The built site has its values, formulas, figures and working links, and repeats byte by byte."""

from __future__ import annotations

import filecmp
import math
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.support.chapters import CHAPTERS, MOVED
from tests.support.example import OUTPUTS
from tests.support.offenders import assert_none
from tests.support.pages import parsed
from tests.support.project import FROM_SCRATCH, copy_project

# Numbers that each page must show, row by row: torch's with four decimals, by hand with two.
SHOWN = {
    "walkthrough/inputs": {"inputs": [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]]},
    "walkthrough/projection_weights": {
        "w_key": [[0, 0, 1], [1, 1, 0], [0, 1, 0], [1, 1, 0]],
        "w_query": [[1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 1]],
        "w_value": [[0, 2, 0], [0, 3, 0], [1, 0, 3], [1, 1, 0]],
    },
    "walkthrough/queries_keys_values": {
        "keys": [[0, 1, 1], [4, 4, 0], [2, 3, 1]],
        "queries": [[1, 0, 2], [2, 2, 2], [2, 1, 3]],
        "values": [[1, 2, 3], [2, 8, 0], [2, 6, 3]],
    },
    "walkthrough/attention_scores": {
        "scores of input 1": [[2, 4, 4]],
        "scores": [[2, 4, 4], [4, 16, 12], [4, 12, 10]],
        "weights": [
            [0.0634, 0.4683, 0.4683],
            [0.0000, 0.9820, 0.0180],
            [0.0003, 0.8805, 0.1192],
        ],
    },
    "walkthrough/weighted_values": {
        "shape of the weights": [[3, 3, 1]],
        "shape of the weighted values": [[3, 3, 3]],
        "first block": [
            [6.3379e-02, 1.2676e-01, 1.9014e-01],
            [9.3662e-01, 3.7465, 0],
            [9.3662e-01, 2.8099, 1.4049],
        ],
        "rounded weights": [[0.0, 0.5, 0.5]],
    },
    "walkthrough/outputs": {
        "outputs": OUTPUTS,
        "outputs by hand": [[2.0, 7.0, 1.5]],
    },
}
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d*)?(?:e[+-]?\d+)?(?!\w)")


def chapter(site: Path, name: str) -> BeautifulSoup:
    return parsed(site / name / "index.html").article


def pages(site: Path) -> list[Path]:
    found = sorted(site.rglob("*.html"))
    assert len(found) > len(CHAPTERS)
    return found


def numbers_shown(article: BeautifulSoup) -> list[float]:
    """Return all numbers of a page in reading order, except those in its code."""
    copy = BeautifulSoup(str(article), "html.parser")
    for code in copy.select(".language-py, .language-python"):
        code.decompose()
    return [float(number) for number in NUMBER.findall(copy.get_text(" "))]


def occurs(wanted: list[float], numbers: list[float]) -> bool:
    """Return whether the wanted numbers are next to each other, up to rounding in print."""

    def same(a: float, b: float) -> bool:
        return math.isclose(a, b, rel_tol=1e-4, abs_tol=5e-9 if a and abs(a) < 1e-3 else 5e-5)

    return any(
        all(map(same, wanted, numbers[start : start + len(wanted)]))
        for start in range(len(numbers) - len(wanted) + 1)
    )


def test_a_chapter_shows_its_values(site: Path) -> None:
    numbers = {name: numbers_shown(chapter(site, name)) for name in SHOWN}
    assert_none(
        f"{name} does not show {what}: {rows}"
        for name, shown in SHOWN.items()
        for what, rows in shown.items()
        if not occurs([number for row in rows for number in row], numbers[name])
    )


def test_each_chapter_has_a_formula_unless_words_alone_tell_it(site: Path) -> None:
    # Chapters about a story, a picture or a bug have no formulas.
    stories = "walkthrough/why_attention", "real_attention/transformer_block"
    rooms = ("real_attention/mistakes/" + room for room in ("axes", "heads", "sizes", "layers"))
    models = "language_model/same_layer", "language_model/what_heads_do"
    words_alone = {*stories, *rooms, *models, "real_attention/trained_head"}
    assert_none(n for n in CHAPTERS if n not in words_alone and not chapter(site, n).find("math"))


def test_formulas_are_mathml(site: Path) -> None:
    for name in CHAPTERS:
        prose = BeautifulSoup(str(chapter(site, name)), "html.parser")
        for code in prose.select("pre, code, annotation"):
            code.decompose()
        left = re.search(r"\\[(\[a-z]|\$", prose.get_text())
        assert not left, f"{name}: a formula was left as TeX at {left[0]}"


def test_a_chapter_has_a_picture_and_each_picture_has_a_name(site: Path) -> None:
    drawings = {name: chapter(site, name).select("figure.drawing svg") for name in CHAPTERS}
    assert_none(name for name in CHAPTERS if not drawings[name])
    assert_none(
        f"{name}: a picture without a {tag}: {str(drawing)[:200]}"
        for name in CHAPTERS
        for drawing in drawings[name]
        for tag in ("title", "desc")
        if not drawing.find(tag) or not drawing.find(tag).get_text(strip=True)
    )


def test_no_value_is_left_unfilled(site: Path) -> None:
    for page in pages(site):
        assert "{{" not in parsed(page).get_text(), page
    (index,) = site.rglob("search*.json")
    assert "{{" not in index.read_text(encoding="utf-8")


def test_only_code_can_be_copied(site: Path) -> None:
    blocks = [block for page in pages(site) for block in parsed(page).select("div.highlight")]
    assert blocks
    for block in blocks:
        printed = "language-text" in block["class"]
        assert printed == ("no-copy" in block["class"]), block.get_text()[:80]


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    broken = []
    for page in pages(site):
        for tag in parsed(page).select("[href], [src]"):
            address = tag.get("href") or tag.get("src")
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or (not parts.path and not parts.fragment):
                continue
            base = site if parts.path.startswith("/") else page.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else page
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                broken.append(f"{page.relative_to(site)}: {address}")
            elif tag.name == "a" and parts.fragment and unquote(parts.fragment) not in ids(target):
                broken.append(f"{page.relative_to(site)}: {address} (no such anchor)")
    assert not broken, "\n".join(broken)


@cache
def ids(page: Path) -> set[str]:
    return {tag["id"] for tag in parsed(page).select("[id]")}


def test_an_old_address_redirects_to_the_current_page(site: Path) -> None:
    assert MOVED
    (index,) = site.rglob("search*.json")
    for old, new in MOVED.items():
        page = parsed(site / old / "index.html")
        seconds, _, address = page.select_one("meta[http-equiv=refresh]")["content"].partition(";")
        link = page.select_one("article a")["href"]
        assert (seconds, address) == ("0", f" url={link}")
        assert (site / old / link).resolve() == (site / new).resolve()
        assert old not in index.read_text("utf-8")


def test_pages_request_nothing_from_other_hosts(site: Path) -> None:
    asked = []
    for page in pages(site):
        for tag in parsed(page).select("[src], [srcset], link[href], object[data], use[href]"):
            for attribute in ("src", "srcset", "href", "data"):
                if re.match(r"\s*(https?:)?//", tag.get(attribute, "")):
                    asked.append(f"{page.relative_to(site)}: {tag[attribute]}")
    for sheet in site.rglob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        asked += re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]*\)|@import[^;]*;", css)
    assert not asked, "\n".join(asked)


def test_unknown_addresses_are_left_out(site: Path) -> None:
    for page in pages(site):
        assert not parsed(page).select("link[rel=canonical], [rel=edit], .md-source"), page


def test_known_addresses_are_used(published: Path) -> None:
    page = parsed(published / "walkthrough" / "inputs" / "index.html")
    assert page.select_one("link[rel=canonical]")["href"] == (
        "https://someone.github.io/somewhere/walkthrough/inputs/"
    )
    assert page.select_one("[rel=edit]")["href"] == (
        "https://github.com/someone/somewhere/edit/main/docs/walkthrough/inputs.md"
    )
    assert page.select_one(".md-source")["aria-label"]
    # This page is served for any missing address, so its links cannot be relative.
    missing = parsed(published / "404.html")
    assert missing.select_one("article a[href='/somewhere/walkthrough/inputs/']")


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("someone/somewhere", "https://someone.github.io/somewhere/"),
        ("someone/someone.github.io", "https://someone.github.io/"),
        ("", ""),
    ],
)
def test_on_github_the_addresses_follow_from_the_repository(
    root: Path, repository: str, address: str
) -> None:
    unset = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    environment = {k: v for k, v in os.environ.items() if k not in unset}
    told = subprocess.run(
        ["make", "--silent", "-f", "Makefile", "-f", "-", "tell"],
        input="tell: ; @echo $$SITE_URL $$REPO_URL\n",
        cwd=root,
        env=environment | {"GITHUB_REPOSITORY": repository},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told == ([address, f"https://github.com/{repository}"] if repository else [])


@pytest.mark.mkdocs_only("compares with a second build by MkDocs")
def test_a_build_from_scratch_gives_the_same_bytes(build, site: Path, tmp_path: Path) -> None:
    """Compare with a build without a cache, or with a cached one if the site was built without.

    This covers the pages. The build itself compares results and proofs in two processes, and
    `test_each_program_is_sliced_the_same_in_another_process` compares the slices.
    """
    kept = [".cache/runs", ".cache/programs"] if (site.parent / FROM_SCRATCH).exists() else []
    scratch = build(tmp_path / "site", copy_project(tmp_path / "project", *kept))
    files = [
        sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
        for folder in (site, scratch)
    ]
    assert files[0] == files[1]
    _, different, unreadable = filecmp.cmpfiles(site, scratch, files[0], shallow=False)
    # These pages show times, which are measured anew.
    pages = ("real_attention/grouped_queries/", "notebooks/grouped_queries_")
    assert not [path for path in different if not path.as_posix().startswith(pages)]
    assert not unreadable


@pytest.mark.parametrize("page", ["lab", "walkthrough/outputs"])
def test_pages_with_the_lab_have_its_static_tables(site: Path, page: str) -> None:
    soup = parsed(site / page / "index.html")
    assert len(soup.select("article attention-lab > table.tensor")) == 10
    assert soup.select_one('article script[src$="assets/lab/lab.js"]')
