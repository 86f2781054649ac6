# SPDX-License-Identifier: MIT
"""The chapters, in the order of the navigation."""

from pathlib import Path

from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parent.parent
CONFIG = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def chapters() -> tuple[str, ...]:
    """Every page with code in a section of the navigation: `walkthrough/inputs`, …"""
    sections = (items for entry in CONFIG["nav"] for items in entry.values())
    pages = (page for items in sections if isinstance(items, list) for page in items)
    return tuple(page.removesuffix(".md") for page in pages if has_code(page))


def has_code(page: str) -> bool:
    return ".py:" in (ROOT / "docs" / page).read_text(encoding="utf-8")


CHAPTERS = chapters()
WHOLE = tuple(CONFIG["extra"]["whole_notebooks"])  # sections that are one notebook too
