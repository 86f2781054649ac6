# SPDX-License-Identifier: MIT
"""The words and templates that the engine writes into pages and notebooks."""

import functools
import tomllib
from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def words() -> dict[str, str]:
    """Return the words for pages and notebooks by their keys in words.toml."""
    return tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))


@functools.cache
def template(name: str) -> jinja2.Template:
    """Return the template with a file name, such as `notebooks.md.j2`."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
