# SPDX-License-Identifier: MIT
"""The chapters, notebooks and pages of the site, read from mkdocs.yml and docs/."""

import re

from mkdocs.utils.yaml import yaml_load

from tests.support.project import ROOT

CONFIG = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
DOCS = ROOT / "docs"


def chapters() -> tuple[str, ...]:
    """Return the pages with notebooks in the order of the navigation: `walkthrough/inputs`, …"""
    sections = (items for entry in CONFIG["nav"] for items in entry.values())
    pages = (page for items in sections if isinstance(items, list) for page in items)
    files = (page if isinstance(page, str) else next(iter(page.values())) for page in pages)
    return tuple(file.removesuffix(".md") for file in files if is_chapter(file))


def is_chapter(page: str) -> bool:
    path = DOCS / page
    if not path.is_file():
        return False  # written by the engine, as the overview of the notebooks is
    front_matter = path.read_text(encoding="utf-8").split("\n---\n")[0]
    return re.search(r"^notebook: (full|brief)$", front_matter, re.MULTILINE) is not None


def addresses() -> list[str]:
    """Return the addresses of all pages in docs/: "" for the home page, `walkthrough/inputs/`, …"""
    names = (page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md"))
    pages = sorted(name.removesuffix("index") for name in names)
    return [f"{page}/" if page else "" for page in pages]


CHAPTERS = chapters()
OPTIONS = next(one["engine"] for one in CONFIG["plugins"] if "engine" in one)
WHOLE = tuple(OPTIONS["whole_notebooks"])  # sections that have a notebook of their own, too
MOVED = {  # old addresses of pages, and their current ones
    old.removesuffix(".md") + "/": new.removesuffix(".md") + "/"
    for old, new in OPTIONS["moved"].items()
}
CHAPTER_OF = {chapter.rpartition("/")[2]: chapter for chapter in CHAPTERS}  # by notebook
NOTEBOOKS = (*CHAPTER_OF, *WHOLE)
KINDS = ("hands_on", "solved")
PAGES = addresses()
NOTEBOOK_PAGES = [
    "notebooks/",
    *(f"notebooks/{name}_{kind}/" for name in NOTEBOOKS for kind in KINDS),
]
