# SPDX-License-Identifier: MIT
"""Where things are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # their endings under MkDocs


@dataclass(frozen=True)
class Project:
    """The folders of one site; `root` holds `docs/` and `snippets/`."""

    root: Path
    tensors: str = "drawing/tensors"  # the stem of the file that names them, where there is one

    @cached_property
    def snippets(self) -> Path:
        return self.root / "snippets"

    @cached_property
    def docs(self) -> Path:
        return self.root / "docs"

    @cached_property
    def cache(self) -> Path:
        return self.root / ".cache"

    @cached_property
    def outputs(self) -> Path:
        """One file per output, as pages include them."""
        return self.cache / "outputs"

    @cached_property
    def runs(self) -> Path:
        """One file per snippet: the whole result of its last good run."""
        return self.cache / "runs"

    @cached_property
    def programs(self) -> Path:
        """One file per snippet: the programs of the blocks that show it."""
        return self.cache / "programs"

    @cached_property
    def notebooks(self) -> Path:
        """The notebooks and the HTML of their pages, by a digest of what they were made from."""
        return self.cache / "notebooks"

    @cached_property
    def pages(self) -> Path:
        """Pages, rendered and in the theme, and compiled templates; by what they were made from."""
        return self.cache / "pages"

    def markdown(self) -> list[Path]:
        """The pages, in order: all that MkDocs would make one of."""
        return files_below(self.docs, PAGES, links=True)

    def python(self) -> list[Path]:
        """The snippets and what they import, in order."""
        return files_below(self.snippets, (".py",), links=False)

    def stem(self, path: Path) -> str:
        """`snippets/walkthrough/outputs.py` -> `walkthrough/outputs`."""
        return path.relative_to(self.snippets).with_suffix("").as_posix()

    def snippet(self, stem: str) -> Path:
        return self.snippets / f"{stem}.py"

    def relative(self, path: Path | str) -> str:
        """A path as people read it: relative to the root where it lies inside."""
        try:
            return Path(path).relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def files_below(folder: Path, endings: tuple[str, ...], links: bool) -> list[Path]:
    """All files with an ending, in order, but for hidden ones: editors keep theirs beside them.

    links: whether folders that are links belong to it
    """
    found = []
    for place, folders, names in os.walk(folder, followlinks=links):
        folders[:] = [name for name in folders if not name.startswith(".")]
        shown = [name for name in names if name.endswith(endings) and not name.startswith(".")]
        found += [Path(place, name) for name in shown]
    return sorted(path for path in found if path.is_file())
