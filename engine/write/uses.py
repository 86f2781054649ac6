# SPDX-License-Identifier: MIT
"""Replace local imports on pages by a line of links to the pages that the names come from.

Readers do not have the snippets, so such an import would fail on their machines. The program of the
copy button includes the imported code.
"""

import ast
import posixpath
from collections.abc import Iterable
from pathlib import Path

from engine.model.build import Build, Snippet
from engine.model.page import Page, code_blocks
from engine.model.project import Site
from engine.programs.imports import Import, local_file
from engine.read.syntax import statements
from engine.write.words import words


class Origins:
    """The page on which each snippet is shown first.

    site: its navigation has the order and the titles of the pages
    """

    def __init__(self, build: Build, site: Site | None = None) -> None:
        self.titles = {name: title for name, (title, _) in site.nav.items()} if site else {}
        self.pages: dict[str, Page] = {}
        self.imports: dict[str, list[tuple[Import, dict[str, Path]]]] = {}
        self.stems = {snippet.path: stem for stem, snippet in build.snippets.items()}
        place = {name: at for at, name in enumerate(self.titles)}
        pages = sorted(build.pages, key=lambda page: place.get(page.name, len(place)))
        for page in pages:
            if isinstance(stem := page.meta.get("snippet"), str):
                self.pages.setdefault(stem, page)
        for page in pages:
            for block in code_blocks(page).values():
                self.pages.setdefault(block.stem, page)

    def local_imports(self, snippet: Snippet) -> list[tuple[Import, dict[str, Path]]]:
        """Return the local imports of a snippet, each with the names that it binds and their files.

        They are kept, since each example of a page asks for them.
        """
        if snippet.stem not in self.imports:
            found, root = self.imports.setdefault(snippet.stem, []), root_of(snippet)
            for node in statements(ast.parse(snippet.text)):
                if isinstance(node, Import):
                    files = {
                        alias.asname or alias.name: file
                        for alias in node.names
                        if (file := local_file(node, alias.name, snippet.path, root))
                    }
                    found += [(node, files)] if files else []
        return self.imports[snippet.stem]

    def line(self, page: Page, snippet: Snippet, sections: Iterable[str]) -> str:
        """Return Markdown with the origins of imported names, or "" if there are none."""
        shown, by_source = snippet.named(sections), dict[str, list[str]]()
        for node, files in self.local_imports(snippet):
            if any(section.start < node.lineno < section.end for section in shown):
                for name, file in files.items():
                    by_source.setdefault(self.source(page, snippet, file), []).append(name)
        parts = [
            words()["uses_from"].format(listed(names), source)
            for source, names in by_source.items()
        ]
        return words()["uses"].format("; ".join(parts)) if parts else ""

    def source(self, page: Page, snippet: Snippet, file: Path) -> str:
        """Return a link to the page that shows a file, or "this page", or the path of the file."""
        origin = self.pages.get(self.stems.get(file, ""))
        if origin is None:
            return f"`{file.relative_to(root_of(snippet)).as_posix()}`"
        if origin.name == page.name:
            return words()["this_page"]
        title = self.titles.get(origin.name) or (origin.title.text if origin.title else origin.name)
        return f"[{title}]({posixpath.relpath(origin.name, posixpath.dirname(page.name) or '.')})"


def root_of(snippet: Snippet) -> Path:
    """Return the root of the project, where local imports start."""
    return snippet.path.parents[snippet.where.count("/")]


def listed(names: Iterable[str]) -> str:
    """Return names as code: "`a`", "`a` and `b`", "`a`, `b` and `c`"."""
    *others, last = [f"`{name}`" for name in dict.fromkeys(names)]
    return f"{', '.join(others)}{words()['uses_and']}{last}" if others else last
