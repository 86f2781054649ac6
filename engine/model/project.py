# SPDX-License-Identifier: MIT
"""Where things are in a project, and what its configuration says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

COLAB = "https://colab.research.google.com/github"
SNIPPETS = "snippets"  # the folder of the code, from which it is imported: snippets.one
PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # their endings under MkDocs


@dataclass(frozen=True)
class Options:
    """The options of the plugin, as mkdocs.yml gives them.

    helpers: snippets whose names every expression on a page may use, such as `drawing/maps`
    tensors: the snippet that lists the tensors with their colors and formulas
    whole_notebooks: folders of docs/ whose chapters make one notebook together, too
    branch: the branch from which Colab can open the published notebooks
    moved: old pages and those that took their place, such as `("a/old.md", "a/new.md")`
    ignored: folders outside the project, such as `~/.cache/weights`, in which snippets keep what
        they make again where it is missing; what lies there makes no snippet stale
    """

    helpers: tuple[str, ...] = ()
    tensors: str = "drawing/tensors"
    whole_notebooks: tuple[str, ...] = ()
    branch: str = "gh-pages"
    moved: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """The folders of one site. `root` is the folder of its configuration.

    docs_name: relative to `root`
    has_includes: whether pymdownx.snippets reads the written pages and acts on its includes
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
        """One file per snippet: the whole result of its last good run."""
        return self.cache / "runs"

    @cached_property
    def programs(self) -> Path:
        """One file per snippet: the programs of the blocks that show it."""
        return self.cache / "programs"

    @cached_property
    def written(self) -> Path:
        """The pages as plain Markdown, which a site generator renders."""
        return self.cache / "docs"

    def markdown(self) -> list[Path]:
        """Return the pages in order: all that MkDocs would render."""
        return files_below(self.docs, PAGES, links=True)

    def python(self) -> list[Path]:
        """Return the snippets and what they import, in order."""
        return files_below(self.snippets, (".py",), links=False)

    def stem(self, path: Path) -> str:
        """Return `walkthrough/outputs` for `snippets/walkthrough/outputs.py`."""
        return path.relative_to(self.snippets).with_suffix("").as_posix()

    def snippet(self, stem: str) -> Path:
        return self.snippets / f"{stem}.py"

    def relative(self, path: Path | str) -> str:
        """Return a path as people read it: relative to the root where it lies inside."""
        try:
            return Path(path).relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


@dataclass(frozen=True)
class Site:
    """A site as its configuration describes it.

    nav: by the pages of the navigation, such as `walkthrough/inputs.md`, in its order: what it
        calls each of them, and the title of its section; or ""
    address: where it is published, or ""
    repository: the address of its repository, or ""
    branch: the branch to which it is published, from which Colab can open notebooks
    """

    nav: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    address: str = ""
    repository: str = ""
    branch: str = "gh-pages"

    def colab(self, path: str) -> str:
        """Return the address at which Colab opens a published file, or ""."""
        found = re.match(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git|/)?$", self.repository)
        return f"{COLAB}/{found[1]}/blob/{self.branch}/{path}" if found else ""


def files_below(folder: Path, endings: tuple[str, ...], links: bool) -> list[Path]:
    """Return all files with an ending, in order, without hidden ones: editors keep theirs there.

    links: whether to follow folders that are links
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=links):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [name for name in names if name.endswith(endings) and not name.startswith(".")]
        found += [Path(parent, name) for name in visible]
    return sorted(path for path in found if path.is_file())
