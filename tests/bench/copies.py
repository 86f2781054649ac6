# SPDX-License-Identifier: MIT
"""Copies of the site's own chapters with their snippets, in the number that a measurement needs."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench import includes

CHAPTERS = (
    "inputs",
    "projection_weights",
    "queries_keys_values",
    "attention_scores",
    "weighted_values",
    "outputs",
)
LAST_PRINT = 'print("outputs", outputs, sep="\\n")\n'  # of the last chapter
HELPER = "drawing/pieces.py"  # used by every chapter of every copy
DRAWING = (
    HELPER,
    "drawing/maps.py",
    "drawing/tables.py",
    "drawing/tensors.py",
    "drawing/weights.py",
)
# The lab runs in the browser, which the benchmark does not measure.
LAB = re.compile(r"^## Change the numbers\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
LINK_OUT = re.compile(r"\]\(\.\./[\w/]+\.md(?:#[\w-]+)?\)")


@dataclass(frozen=True)
class Chapter:
    """A chapter of a copy, such as `copy_001/outputs`, and its page as on the site."""

    copy: str
    name: str
    page: str

    @property
    def stem(self) -> str:
        return f"{self.copy}/{self.name}"


def copy_name(number: int) -> str:
    return f"copy_{number:03}"


def read_chapters(root: Path, count: int) -> list[Chapter]:
    """Return the pages of `count` chapters, six to a copy. `root` is the site's project."""
    copies, rest = divmod(count, len(CHAPTERS))
    if rest or not copies:
        raise ValueError(f"{count} chapters: give a multiple of {len(CHAPTERS)}")
    pages = {name: page_of(root, name) for name in CHAPTERS}
    return [
        Chapter(copy_name(number), name, renamed(text, copy_name(number)))
        for number in range(1, copies + 1)
        for name, text in pages.items()
    ]


def page_of(root: Path, name: str) -> str:
    return LINK_OUT.sub("](../index.md)", with_includes(root, name).page)


def with_includes(root: Path, name: str) -> includes.Chapter:
    text = (root / "docs" / "walkthrough" / f"{name}.md").read_text("utf-8")
    return includes.with_includes(LAB.sub("", text), root / "snippets")


def snippet_of(root: Path, file: Path) -> str:
    """Return the text of a snippet, for chapters with a section for each expression of the page."""
    if file.parent.name == "walkthrough" and file.stem in CHAPTERS:
        return with_includes(root, file.stem).snippet
    return file.read_text("utf-8")


def renamed(text: str, copy: str) -> str:
    """Return the text with the names of the walkthrough's files replaced by those of a copy."""
    return text.replace("walkthrough/", f"{copy}/").replace(
        "snippets.walkthrough", f"snippets.{copy}"
    )


def write_snippets(root: Path, project: Path, chapters: list[Chapter]) -> None:
    """Write the snippets of these chapters, and the drawing modules, below `project`."""
    target = project / "snippets"
    source = root / "snippets"
    (target / "drawing").mkdir(parents=True)
    for name in DRAWING:
        shutil.copy(source / name, target / name)
    needed = {*CHAPTERS, "by_hand"}
    files = [f for f in sorted((source / "walkthrough").rglob("*.py")) if f.stem in needed]
    for copy in sorted({chapter.copy for chapter in chapters}):
        for file in files:
            path = target / copy / file.relative_to(source / "walkthrough")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(renamed(snippet_of(root, file), copy), "utf-8")


def index_of(chapters: list[Chapter]) -> str:
    links = [f"- [{chapter.stem}]({chapter.stem}.md)" for chapter in chapters]
    return "\n".join(["# Self-attention, measured", "", *links, ""])


def edited_sentence(page: str, token: str) -> str:
    """Return a page with one more sentence at the start of its last section."""
    heading = "## What you know now\n"
    return replaced_once(page, heading, f"{heading}\nThis sentence is {token}.\n")


def edited_snippet(source: str, token: str) -> str:
    """Return the snippet of the last chapter with one more line of output."""
    return replaced_once(source, LAST_PRINT, f'{LAST_PRINT}    print("{token}".upper())\n')


def edited_helper(source: str, token: str) -> str:
    """Return the drawing helper with one more text in every figure."""
    off = 'axes.axis("off")\n'
    return replaced_once(source, off, f'{off}    axes.text(0, 8, "{token}".upper(), size=12)\n')


def replaced_once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"{old!r} is there {text.count(old)} times, not once: choose another edit")
    return text.replace(old, new)
