# SPDX-License-Identifier: MIT
"""The blocks of a page, as `engine.read.page.parse` finds them.

Every block knows its lines in the author's own file, so that each message can name them and the
writer can replace them. Whoever needs something of a page (the writer, the notebooks, the
glossary, the checks) walks over these blocks; nobody reads Markdown a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.model.snippet import CodeBlock


@dataclass(frozen=True)
class Block:
    """Lines `line` to `end` of a page, counted from 1, both included.

    indent: the white space in front of them
    """

    line: int
    end: int
    indent: str


@dataclass(frozen=True)
class FrontMatter(Block):
    """The YAML between `---` at the top, as a dictionary."""

    data: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Heading(Block):
    """A heading such as `## By hand`; values in it are among `values`."""

    level: int
    text: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Value(Block):
    """`{{ snippet: expression }}` in a line of prose.

    start, stop: where it stands in its line, counted from 0
    alone: whether nothing else stands on its line
    """

    start: int
    stop: int
    stem: str
    expression: str
    alone: bool


@dataclass(frozen=True)
class Prose(Block):
    """Lines of Markdown, without `indent`; the values in them in their order."""

    text: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Fence(Block):
    """A code fence whose text the author typed.

    marks: the backticks or tildes; info: what follows them in the first line
    """

    marks: str
    info: str
    text: str


@dataclass(frozen=True)
class WholeFile(Block):
    """A code fence that shows a whole snippet: its one line is `--8<-- "use_it/layer.py"`."""

    marks: str
    info: str
    stem: str


@dataclass(frozen=True)
class Example(Block):
    """A directive: `::: sum, show`, `::: figure picture`, `::: output "By hand" sums`.

    verb: "code", "output" (what they printed and drew), "figure" (what they drew, with the code
        folded below it), or "" for code and output
    title: the title of the output, or None for the usual one
    """

    verb: str
    stem: str
    sections: tuple[str, ...]
    title: str | None = None


@dataclass(frozen=True)
class Print(Block):
    """A directive that prints an expression as an output: `::: print "By hand" lines(x)`."""

    stem: str
    expression: str
    title: str | None = None


@dataclass(frozen=True)
class Container(Block):
    """A block with other blocks in it, which stand four spaces further in.

    kind: "admonition" (`!!!`), "folded" (`???`, `???+`) or "footnote"
    name: the kind of an admonition, such as `note` or `quiz`; the name of a footnote
    values: those in its first line
    """

    kind: str
    name: str
    title: str | None
    blocks: tuple[Block, ...]
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Malformed(Block):
    """Lines that nearly say one of these, with what to write instead.

    is_include: whether they include a file that is no snippet, for pymdownx.snippets
    """

    message: str
    is_include: bool = False


@dataclass(frozen=True)
class Page:
    """One Markdown file.

    name: relative to the docs folder, such as `walkthrough/outputs.md`
    where: relative to the project's root, as messages name it
    """

    name: str
    where: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def meta(self) -> dict[str, Any]:
        """The front matter, or nothing."""
        first = self.blocks[0] if self.blocks else None
        return first.data if isinstance(first, FrontMatter) else {}

    @property
    def title(self) -> Heading | None:
        """The first heading of level 1."""
        headings = (block for block in walk(self.blocks) if isinstance(block, Heading))
        return next((heading for heading in headings if heading.level == 1), None)


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all blocks in the order of their lines, those in containers and in prose too."""
    for block in blocks:
        yield block
        if isinstance(block, Prose | Heading | Container):
            yield from block.values
        if isinstance(block, Container):
            yield from walk(block.blocks)


def code_blocks(page: Page) -> dict[int, CodeBlock]:
    """Return the code blocks of a page by the line on which each begins."""
    found = {}
    for block in walk(page.blocks):
        if isinstance(block, Example) and block.verb != "output":
            found[block.line] = CodeBlock(block.stem, block.sections)
        elif isinstance(block, WholeFile):
            found[block.line] = CodeBlock(block.stem)
    return found
