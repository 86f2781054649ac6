# SPDX-License-Identifier: MIT
"""Writes a line of links in the place of local imports: what shown code takes from elsewhere.

Readers have no folder of snippets, so an import from it would only fail on their machines. The
program behind the copy button has all that the code needs.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable
from pathlib import Path

from engine.model.build import Build, Snippet
from engine.model.page import Page, code_blocks
from engine.model.project import Site
from engine.programs.imports import Import, is_local, local_file
from engine.read.syntax import statements
from engine.write.words import words


class Origins:
    """Knows on which page each snippet is shown first.

    site: its navigation has the titles of pages, and their order
    """

    def __init__(self, build: Build, site: Site | None = None) -> None:
        self.titles = {name: title for name, (title, _) in site.nav.items()} if site else {}
        self.pages: dict[str, Page] = {}
        self.imports: dict[str, list[Import]] = {}
        self.stems = {snippet.path: stem for stem, snippet in build.snippets.items()}
        place = {name: at for at, name in enumerate(self.titles)}
        pages = sorted(build.pages, key=lambda page: place.get(page.name, len(place)))
        for page in pages:
            if isinstance(own := page.meta.get("snippet"), str):
                self.pages.setdefault(own, page)
        for page in pages:
            for block in code_blocks(page).values():
                self.pages.setdefault(block.stem, page)

    def local_imports(self, snippet: Snippet) -> list[Import]:
        if snippet.stem not in self.imports:
            root, nodes = root_of(snippet), statements(ast.parse(snippet.text))
            local = [node for node in nodes if is_local(node, snippet.path, root)]
            self.imports[snippet.stem] = local
        return self.imports[snippet.stem]

    def sources(self, snippet: Snippet, sections: Iterable[str]) -> dict[Path, list[str]]:
        """Return the names that sections of a snippet import from other files of the project."""
        inside = snippet.named(sections)
        found: dict[Path, list[str]] = {}
        for node in self.local_imports(snippet):
            if not any(s.start < node.lineno < s.end for s in inside):
                continue
            for alias in node.names:
                if file := local_file(node, alias.name, snippet.path, root_of(snippet)):
                    found.setdefault(file, []).append(alias.asname or alias.name)
        return found

    def line(self, page: Page, snippet: Snippet, sections: Iterable[str]) -> str:
        """Return the Markdown that says where names come from, or "" where nothing is imported."""
        by_source: dict[str, list[str]] = {}
        for file, names in self.sources(snippet, sections).items():
            by_source.setdefault(self.source(page, snippet, file), []).extend(names)
        parts = [
            words()["uses_from"].format(listed(names), source)
            for source, names in by_source.items()
        ]
        return words()["uses"].format("; ".join(parts)) if parts else ""

    def source(self, page: Page, snippet: Snippet, file: Path) -> str:
        """Return where a file is shown: a link to a page, the page itself, or the file's name."""
        shown = self.pages.get(self.stems.get(file, ""))
        if shown is None:
            return f"`{file.relative_to(root_of(snippet)).as_posix()}`"
        if shown.name == page.name:
            return words()["this_page"]
        title = self.titles.get(shown.name) or (shown.title.text if shown.title else shown.name)
        return f"[{title}]({posixpath.relpath(shown.name, posixpath.dirname(page.name) or '.')})"


def root_of(snippet: Snippet) -> Path:
    """Return the folder of the project, from which local imports start."""
    return snippet.path.parents[snippet.where.count("/")]


def listed(names: Iterable[str]) -> str:
    """Return names as code: "`a`", "`a` and `b`", "`a`, `b` and `c`"."""
    *others, last = [f"`{name}`" for name in dict.fromkeys(names)]
    return f"{', '.join(others)}{words()['uses_and']}{last}" if others else last
