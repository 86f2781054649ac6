# SPDX-License-Identifier: MIT
"""The paths of a project, the options of the plugin, and the navigation and URLs of the site."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

COLAB = "https://colab.research.google.com/github"
SNIPPETS = "snippets"  # the folder of the snippets, and the package that they are imported from
PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # the suffixes of pages in MkDocs


@dataclass(frozen=True)
class Options:
    """The options of the plugin in mkdocs.yml.

    helpers: snippets whose names every expression on a page may use, such as `drawing/maps`
    tensors: the snippet that lists the tensors with their colors and formulas
    whole_notebooks: folders of docs/ whose chapters are also published as one notebook
    branch: the branch from which Colab can open the published notebooks
    moved: old pages, each with its replacement, such as `("a/old.md", "a/new.md")`
    ignored: folders outside the project that snippets use as caches, such as `~/.cache/weights`;
        the files in them are not dependencies
    """

    helpers: tuple[str, ...] = ()
    tensors: str = "drawing/tensors"
    whole_notebooks: tuple[str, ...] = ()
    branch: str = "gh-pages"
    moved: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """The paths of one site.

    root: the folder of the configuration file
    docs_name: the docs folder, relative to `root` if it lies below it, else absolute
    has_includes: whether pymdownx.snippets is enabled, and expands includes in the written pages
    """

    root: Path
    docs_name: str = "docs"
    options: Options = field(default_factory=Options)
    has_includes: bool = False

    @cached_property
    def snippets(self) -> Path:
        return self.root / SNIPPETS

    @cached_property
    def docs(self) -> Path:
        return self.root / self.docs_name

    @cached_property
    def cache(self) -> Path:
        return self.root / ".cache"

    @cached_property
    def runs(self) -> Path:
        """The folder with one file per snippet: the result of its last run without problems."""
        return self.cache / "runs"

    @cached_property
    def programs(self) -> Path:
        """The folder with one file per snippet: the programs of its code blocks."""
        return self.cache / "programs"

    @cached_property
    def written(self) -> Path:
        """The folder with the pages as plain Markdown, which a site generator renders."""
        return self.cache / "docs"

    def markdown(self) -> list[Path]:
        """Return the sorted paths of all pages that MkDocs would render."""
        return files_below(self.docs, PAGES, links=True)

    def python(self) -> list[Path]:
        """Return the sorted paths of all Python files below snippets/."""
        return files_below(self.snippets, (".py",), links=False)

    def stem(self, path: Path) -> str:
        """Return `walkthrough/outputs` for `snippets/walkthrough/outputs.py`."""
        return path.relative_to(self.snippets).with_suffix("").as_posix()

    def snippet(self, stem: str) -> Path:
        return self.snippets / f"{stem}.py"

    def relative(self, path: Path | str) -> str:
        """Return a path for messages: relative to the root if it lies below it, else unchanged."""
        try:
            return Path(path).relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


@dataclass(frozen=True)
class Site:
    """The parts of a site's configuration that pages and notebooks show.

    nav: for each page of the navigation, in order, such as `walkthrough/inputs.md`: its title and
        the title of its section, "" if missing
    address: the URL of the published site, or ""
    repository: the URL of the repository, or ""
    branch: the branch that the site is published to, from which Colab can open notebooks
    """

    nav: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    address: str = ""
    repository: str = ""
    branch: str = "gh-pages"

    def colab(self, path: str) -> str:
        """Return the URL at which Colab opens a published file; "" if it is not on GitHub."""
        match = re.match(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git|/)?$", self.repository)
        return f"{COLAB}/{match[1]}/blob/{self.branch}/{path}" if match else ""


def files_below(folder: Path, suffixes: tuple[str, ...], links: bool) -> list[Path]:
    """Return the sorted files with one of the suffixes, except hidden ones, such as an editor's.

    links: whether to follow symbolic links to folders
    """
    paths = []
    for parent, folders, names in os.walk(folder, followlinks=links):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [name for name in names if name.endswith(suffixes) and not name.startswith(".")]
        paths += [Path(parent, name) for name in visible]
    return sorted(path for path in paths if path.is_file())
