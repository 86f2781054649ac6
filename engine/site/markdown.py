# SPDX-License-Identifier: MIT
"""The Markdown extension: formulas as MathML, tensors in their colors, terms of the glossary.

Any generator that uses Python-Markdown can load it, such as MkDocs and Zensical. It runs no
snippets and needs no results: these are already part of the Markdown that the engine wrote.
"""

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

AFTER_ALL = 1  # after the postprocessor that restores raw HTML, such as code, at priority 30
BEFORE_LINKS_ARE_RESOLVED = 5  # after attr_list at 8, before generators resolve links at 0


def engine_html(source: str, *_: Any, **__: Any) -> str:
    """Return the text of a fence named `engine-html`, which is HTML that the engine wrote.

    This is a formatter for `custom_fences` of pymdownx.superfences.
    """
    return source


class EngineExtension(Extension):
    """The extension. Its options are `project` and `elements`."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "project": ["", "the project, set by the plugin; else it is read from mkdocs.yml"],
            "elements": [[], "custom elements that may contain Markdown, like <div markdown>"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        project = self.getConfig("project") or read_config(Path("mkdocs.yml").resolve()).project()
        md.block_level_elements.extend(["template", *self.getConfig("elements")])
        look = VisualPostprocessor(tensors_of(project))
        md.postprocessors.register(look, "engine_visual", AFTER_ALL)
        md.treeprocessors.register(Terms(md, project), "engine_terms", BEFORE_LINKS_ARE_RESOLVED)


class Terms(Treeprocessor):
    """Tree processor that adds definitions to links to the glossary.

    `[causal mask](../glossary.md#causal-mask)` gets the class `term`, and as its `aria-description`
    the first paragraph below that heading. Screen readers read it out, and `docs/assets/site.css`
    shows it while the pointer or the focus is on the link.
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
    """Return the definitions of the glossary by the anchors of their terms."""
    file = project.docs / GLOSSARY
    text = file.read_text("utf-8-sig") if file.is_file() else ""
    return {term.slug: term.definition for term in read_terms(parse(text)) if not term.problem}


def makeExtension(**options: Any) -> EngineExtension:
    return EngineExtension(**options)
