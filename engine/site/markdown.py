# SPDX-License-Identifier: MIT
"""The one Markdown extension: formulas as MathML, tensors in their colors, terms of the glossary.

Any generator that knows Python-Markdown can use it, MkDocs and Zensical alike. It computes nothing
and reads no snippet: what the engine has to say stands in the Markdown that it wrote.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from engine.model.project import Project
from engine.read.config import read_config
from engine.read.glossary import GLOSSARY, TO_TERM, read_terms
from engine.read.page import parse
from engine.read.tensors import tensors_of
from engine.site.visual import VisualPostprocessor

AFTER_ALL = 1  # raw HTML, in which code arrives, is put back by a postprocessor of priority 30
BEFORE_LINKS_ARE_RESOLVED = 5  # generators turn files into addresses at 0; attributes come at 8


def engine_html(source: str, *_: Any, **__: Any) -> str:
    """Return the text of a fence named `engine-html`, which is HTML of the engine's own.

    A formatter for `custom_fences` of pymdownx.superfences.
    """
    return source


class EngineExtension(Extension):
    """Options: `project` and `elements`, as said below."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "project": ["", "the project, where a plugin knows it; else mkdocs.yml says it"],
            "elements": [[], "custom elements that hold Markdown, as a <div markdown> does"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        project = self.getConfig("project") or read_config(Path("mkdocs.yml").resolve()).project()
        md.block_level_elements.extend(["template", *self.getConfig("elements")])
        look = VisualPostprocessor(tensors_of(project))
        md.postprocessors.register(look, "engine_visual", AFTER_ALL)
        md.treeprocessors.register(Terms(md, project), "engine_terms", BEFORE_LINKS_ARE_RESOLVED)


class Terms(Treeprocessor):
    """Gives a link to the glossary the glossary's own words.

    `[causal mask](../glossary.md#causal-mask)` gets the class `term` and, as its description, the
    first paragraph below that heading. A screen reader says it, and `docs/assets/site.css` shows
    it where the link is pointed at or has the focus.
    """

    def __init__(self, md: Markdown, project: Project) -> None:
        super().__init__(md)
        self.project = project

    def run(self, root: Element) -> None:
        links = [(link, TO_TERM.search(link.get("href", ""))) for link in root.iter("a")]
        terms = [(link, match["slug"]) for link, match in links if match]
        definitions = definitions_of(self.project) if terms else {}
        for link, slug in terms:
            if slug in definitions:
                link.set("class", f"{link.get('class', '')} term".lstrip())
                link.set("aria-description", definitions[slug])


def definitions_of(project: Project) -> dict[str, str]:
    """Return the definition of each term by its anchor."""
    file = project.docs / GLOSSARY
    text = file.read_text("utf-8-sig") if file.is_file() else ""
    return {term.slug: term.definition for term in read_terms(parse(text)) if not term.problem}


def makeExtension(**options: Any) -> EngineExtension:
    return EngineExtension(**options)
