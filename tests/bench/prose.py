# SPDX-License-Identifier: MIT
"""Read the Markdown of a page as blocks, and rewrite it as the plain Markdown of notebooks.

Notebooks know CommonMark, tables, formulas and HTML, but none of the extensions of Material.
"""

from __future__ import annotations

import html
import posixpath
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.bench.page_lines import FENCE, INCLUDE, VALUE, beside

BOX = re.compile(r'^(?P<mark>!!!|\?\?\?\+?|===)(?P<rest>[^"]*)(?:"(?P<title>[^"]*)")?\s*$')
NOTE = re.compile(r"^\[\^(?P<name>[^\]]+)\]:[ \t]*")
HEADING = re.compile(r"^#{1,5} ")
# Code, a footnote reference, a link, or attributes. Code comes first, so that it stays unchanged.
SPAN = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?P=ticks))"
    r"|\[\^(?P<note>[^\]]+)\]"
    r"|(?<!!)\[(?P<words>[^\[\]]*)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<attributes>\{:? ?[.#][^{}\n]*\})",
    re.DOTALL,
)
# A tag for layout, alone on its line. Its contents are Markdown.
LAYOUT = re.compile(
    r"^[ \t]*</?(?:div|section|article|[a-z]+-[a-z-]+)\b[^>]*>[ \t]*$", re.MULTILINE
)
# Tags for scripts and styles, which notebooks do not need.
LIVE = re.compile(r"<link\b[^>]*>|<(script|style|template)\b.*?</\1>", re.DOTALL)


@dataclass
class Text:
    text: str


@dataclass
class Code:
    """A fence that shows sections of snippets, or a whole file for the section ""."""

    shown: list[tuple[str, str]]


@dataclass
class Printed:
    stem: str
    output: str
    title: str


@dataclass
class Figure:
    stem: str
    output: str


@dataclass
class Box:
    """An admonition (`quoted`), a folded block, or a tab."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    folded: bool = False
    quoted: bool = False


@dataclass
class Note:
    """The text of a footnote."""

    name: str
    blocks: list[Block]


Block = Text | Code | Printed | Figure | Box | Note


FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def without_front_matter(text: str) -> str:
    return FRONT_MATTER.sub("", text)


def read_blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    text: list[str] = []

    def flush() -> None:
        if any(line.strip() for line in text):
            blocks.append(Text("\n".join(text).strip("\n")))
        text.clear()

    place = 0
    while place < len(lines):
        line = lines[place]
        if fence := FENCE.match(line):
            end = end_of_fence(lines, place, fence["marks"])
            found = fence_blocks(lines[place + 1 : end], fence["info"])
            if found:
                flush()
                blocks += found
            else:
                text += lines[place : end + 1]
            place = end + 1
        elif include := INCLUDE.match(line):
            flush()
            stem, output = include["target"].rsplit("/", 1)
            blocks.append(Figure(stem, output))
            place += 1
        elif box := BOX.match(line):
            flush()
            end = end_of_indented(lines, place + 1)
            inner = textwrap.dedent("\n".join(lines[place + 1 : end])).splitlines()
            blocks.append(box_block(box, read_blocks(inner)))
            place = end
        elif note := NOTE.match(line):
            flush()
            end = end_of_indented(lines, place + 1)
            inner = textwrap.dedent("\n".join(lines[place + 1 : end])).splitlines()
            blocks.append(Note(note["name"], read_blocks([line[note.end() :], *inner])))
            place = end
        else:
            if HEADING.match(line):
                flush()
            text.append(line)
            place += 1
    flush()
    return blocks


def end_of_fence(lines: list[str], start: int, marks: str) -> int:
    for place in range(start + 1, len(lines)):
        if lines[place].strip().startswith(marks) and not lines[place].strip(" \t" + marks[0]):
            return place
    return len(lines)


def end_of_indented(lines: list[str], start: int) -> int:
    end = start
    for place in range(start, len(lines)):
        if lines[place].startswith(("    ", "\t")):
            end = place + 1
        elif lines[place].strip():
            break
    return end


def fence_blocks(lines: list[str], info: str) -> list[Block]:
    """Return the code and outputs that a fence includes, or [] if it has text of its own."""
    targets = [match["target"] for line in lines if (match := INCLUDE.match(line))]
    blocks: list[Block] = []
    title = re.search(r'title="([^"]*)"', info)
    for target in targets:
        file, _, section = target.partition(":")
        if not file.endswith(".py"):
            stem, output = target.rsplit("/", 1)
            blocks.append(Printed(stem, output, title[1] if title else "Output"))
        elif blocks and isinstance(blocks[-1], Code):
            blocks[-1].shown.append((file[:-3], section))
        else:
            blocks.append(Code([(file[:-3], section)]))
    return blocks


def box_block(match: re.Match, blocks: list[Block]) -> Box:
    mark, kind = match["mark"], match["rest"].split()
    title = match["title"]
    if title is None:
        title = kind[0].capitalize() if kind and mark != "===" else ""
    return Box(title, blocks, folded=mark.startswith("???"), quoted=mark == "!!!")


def flat(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Box | Note):
            yield from flat(block.blocks)


def section_of(output: str) -> str:
    """`picture_2.svg` -> `picture`, `sum.txt` -> `sum`."""
    name = output.rpartition(".")[0]
    head, _, tail = name.rpartition("_")
    return head if output.endswith(".svg") and head and tail.isdigit() else name


def place_of(output: str) -> int:
    """`picture.svg` -> 0, `picture_2.svg` -> 1."""
    tail = output.rpartition(".")[0].rpartition("_")[2]
    return int(tail) - 1 if tail.isdigit() else 0


def worded(
    text: str,
    value: Callable[[str, str, bool], str],
    link: Callable[[str, str], str],
    note: Callable[[str], str],
) -> str:
    """Return text with values, links and footnotes replaced by the results of functions.

    value: gets a snippet, an expression, and whether the value has its own line
    link: gets the text and the target
    note: gets the name of a footnote
    """

    def valued(match: re.Match) -> str:
        line = text[text.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0]
        return beside(value(match["stem"], match["expression"], line.strip() == match[0]), match)

    def spanned(match: re.Match) -> str:
        if match["code"]:
            return match[0]
        if match["note"]:
            return note(match["note"])
        if match["attributes"]:
            return ""
        return link(match["words"], match["target"])

    text = VALUE.sub(valued, text)
    text = SPAN.sub(spanned, text)
    return LAYOUT.sub("", LIVE.sub("", text))


def demoted(text: str) -> str:
    """Return text with its headings one level lower, except in fences."""
    fence, lines = "", []
    for line in text.split("\n"):
        marks = FENCE.match(line)
        if marks and not fence:
            fence = marks["marks"]
        elif marks and marks["marks"].startswith(fence):
            fence = ""
        elif not fence and HEADING.match(line):
            line = "#" + line
        lines.append(line)
    return "\n".join(lines)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def html_of(title: str) -> str:
    """Return a title as HTML, with its code, because a summary is not read as Markdown."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(title, quote=False))


def resolved(page: str, target: str) -> str:
    """Return a relative link of a page as a path below docs/."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
