# SPDX-License-Identifier: MIT
"""The chapters, by their sections, in the order of the navigation."""

from pathlib import Path

from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parent.parent


def sections() -> dict[str, tuple[str, ...]]:
    """The folder of each section that has notebooks, and its chapters: `walkthrough/inputs`, …"""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        nav = yaml_load(file)["nav"]
    pages = (items for entry in nav for items in entry.values() if isinstance(items, list))
    found = [[page.removesuffix(".md") for page in items if has_code(page)] for items in pages]
    return {chapters[0].partition("/")[0]: tuple(chapters) for chapters in found if chapters}


def has_code(page: str) -> bool:
    return ".py:" in (ROOT / "docs" / page).read_text(encoding="utf-8")


SECTIONS = sections()
CHAPTERS = tuple(chapter for chapters in SECTIONS.values() for chapter in chapters)
