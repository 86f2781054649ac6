# SPDX-License-Identifier: MIT
"""The words and the texts that the engine writes into pages and notebooks."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def words() -> dict[str, str]:
    """Return the words that the engine writes into pages, by their names in words.toml."""
    return tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))


@functools.cache
def template(name: str) -> jinja2.Template:
    """Return a template of longer texts, by the name of its file."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
