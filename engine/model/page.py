# SPDX-License-Identifier: MIT
"""The blocks of a page, as `engine.read.page.parse` returns them.

Every block has its line numbers in the author's file, so that messages can name them and the
writer can replace those lines. The writer, the notebooks, the glossary and the checks walk over
these blocks instead of parsing Markdown themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.model.snippet import CodeBlock


@dataclass(frozen=True)
class Block:
    """Lines `line` to `end` of a page, counted from 1, both included.

    indent: the whitespace at the start of each line
    """

    line: int
    end: int
    indent: str


@dataclass(frozen=True)
class FrontMatter(Block):
    """The YAML between the `---` lines at the top of a page, as a dictionary."""

    data: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Value(Block):
    """An expression in a line of prose, written `{{ snippet: expression }}`.

    start, stop: the slice of the line that it takes up, in characters from 0
    alone: whether the line contains nothing else
    """

    start: int
    stop: int
    stem: str
    expression: str
    alone: bool


@dataclass(frozen=True)
class Heading(Block):
    """A heading such as `## By hand`, and the values in its text."""

    level: int
    text: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Prose(Block):
    """Lines of Markdown without `indent`, and the values in them, in order."""

    text: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Fence(Block):
    """A code fence with text of the author's own.

    marks: the backticks or tildes that open it; info: the info string after them
    """

    marks: str
    info: str
    text: str


@dataclass(frozen=True)
class WholeFile(Block):
    """An include of a whole snippet, `--8<-- "use_it/layer.py"`, in a fence or outside any."""

    marks: str
    info: str
    stem: str


@dataclass(frozen=True)
class Example(Block):
    """A directive: `::: sum, show`, `::: figure picture`, `::: output "By hand" sums`.

    verb: "code", "output" (stdout and figures), "figure" (figures, with the code folded below
        them), or "" for code and output
    title: the title of the output, or None for the default
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
    """A block that contains other blocks, indented by four spaces or a tab.

    kind: "admonition" (`!!!`), "folded" (`???`, `???+`) or "footnote"
    name: the first class, such as `note` or `quiz`; or the name of a footnote
    values: the values in its first line
    """

    kind: str
    name: str
    title: str | None
    blocks: tuple[Block, ...]
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Malformed(Block):
    """Lines that resemble a block above but are invalid.

    message: explains the mistake, and says what to write instead
    is_include: whether pymdownx.snippets may be able to read them as an include of its own
    """

    message: str
    is_include: bool = False


@dataclass(frozen=True)
class Page:
    """A parsed Markdown file.

    name: the path relative to the docs folder, such as `walkthrough/outputs.md`
    where: the path relative to the project's root, for messages
    """

    name: str
    where: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def meta(self) -> dict[str, Any]:
        """The front matter, or an empty dictionary."""
        first = self.blocks[0] if self.blocks else None
        return first.data if isinstance(first, FrontMatter) else {}

    @property
    def title(self) -> Heading | None:
        """The first heading of level 1."""
        headings = (block for block in walk(self.blocks) if isinstance(block, Heading))
        return next((heading for heading in headings if heading.level == 1), None)


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all blocks in line order, including those in containers and the values in text."""
    for block in blocks:
        yield block
        if isinstance(block, Prose | Heading | Container):
            yield from block.values
        if isinstance(block, Container):
            yield from walk(block.blocks)


def code_blocks(page: Page) -> dict[int, CodeBlock]:
    """Return the code blocks of a page, keyed by their first line."""
    by_line = {}
    for block in walk(page.blocks):
        if isinstance(block, Example) and block.verb != "output":
            by_line[block.line] = CodeBlock(block.stem, block.sections)
        elif isinstance(block, WholeFile):
            by_line[block.line] = CodeBlock(block.stem)
    return by_line
