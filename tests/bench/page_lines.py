# SPDX-License-Identifier: MIT
"""Find the includes and values of a page, line by line, to rewrite it for other tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pymdownx.superfences import RE_NESTED_FENCE_START

# A line for pymdownx.snippets: --8<-- "file" or --8<-- "file:section".
INCLUDE = re.compile(
    r"^(?P<indent>[ \t]*)-+8<-+[ \t]+(?P<quote>[\"'])(?P<target>[^\"']+)(?P=quote)$"
)
NEARLY = re.compile(r"^[ \t]*-+8<-+|(?<![;`-])-+8<-+[ \t]+[\"']")
FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
# A value in a sentence: {{ snippet: expression }}. After a backslash it is plain text.
VALUE = re.compile(r"(?<!\\)\{\{ +(?P<stem>[\w/-]+) *: *(?P<expression>.+?) *\}\}")
NEARLY_VALUE = re.compile(r"(?<!\\)\{\{(?: |\s*[\w/-]+\s*:)")
OUTPUT = re.compile(r"^(?P<stem>.+)/(?P<output>[^/]+\.(?:txt|svg))$")


@dataclass(frozen=True)
class Include:
    """A line that shows an output or a snippet's code (the whole file if `section` is None).

    fence: the backticks or tildes around it, or "" outside of a code fence
    block: the line where that fence opens, or 0
    """

    line: int
    indent: str
    target: str
    stem: str
    section: str | None = None
    output: str | None = None
    fence: str = ""
    block: int = 0


@dataclass(frozen=True)
class Value:
    """A `{{ stem: expression }}`, `alone` if it has a line of its own."""

    line: int
    stem: str
    expression: str
    alone: bool


@dataclass
class Fence:
    """An open code fence. `shows`: whether it has an include; `other`: the line of other text."""

    line: int
    indent: str
    marks: str
    info: str
    shows: bool = False
    other: int = 0

    def wrong_with(self, end: re.Match[str] | None) -> Malformed | None:
        """Return what keeps pymdownx.superfences from showing an include as code, or None."""
        if not self.shows:
            return None
        start = RE_NESTED_FENCE_START.match(f"{self.marks}{self.info}")
        if start is None or start["unrecognized"]:
            form = '``` py title="outputs.py"'
            return Malformed(self.line, f'"{self.info.strip()}" opens no fence: write {form}')
        if end is None or (end["indent"], end["marks"]) != (self.indent, self.marks):
            closing = f"closed by {self.marks}, as far in as it was opened"
            return Malformed(self.line, f"a fence that shows code or an output must be {closing}")
        if self.other:
            return Malformed(self.other, "beside what is included in a fence, nothing may be typed")
        return None


@dataclass(frozen=True)
class Malformed:
    """A line that resembles one of these, with the correct form."""

    line: int
    what: str


def read_page(lines: list[str]) -> Iterator[Include | Value | Malformed]:
    """Yield the includes and values of a page in order. Lines count from 1."""
    fence: Fence | None = None
    for number, line in enumerate(lines, start=1):
        marks = FENCE.match(line) if "```" in line or "~~~" in line else None
        if marks and not fence:
            fence = Fence(number, marks["indent"], marks["marks"], marks["info"])
        elif fence and marks and closes(marks, fence):
            if wrong := fence.wrong_with(marks):
                yield wrong
            fence = None
        elif "8<-" in line and (include := INCLUDE.match(line)):
            within = (fence.marks, fence.line) if fence else ("", 0)
            read = read_include(number, include["indent"], include["target"], *within)
            if fence and isinstance(read, Include):
                fence.shows = True
                if len(read.indent) < len(fence.indent):
                    read = Malformed(number, "an include is as far in as the fence around it")
            yield read
        elif "8<-" in line and NEARLY.search(line):
            form = '--8<-- "walkthrough/outputs.py:sum"'
            yield Malformed(number, f"an include is a line with nothing beside it: {form}")
        elif fence:
            fence.other = fence.other or (number if line.strip() else 0)
        elif "{{" in line:
            for value in VALUE.finditer(line):
                alone = value[0] == line.strip()
                yield Value(number, value["stem"], value["expression"], alone)
            if NEARLY_VALUE.search(VALUE.sub("", line)):
                yield Malformed(
                    number,
                    'a value in a sentence is written "{{ walkthrough/outputs: outputs[0] }}": '
                    "a snippet, a colon, an expression",
                )

    if fence and (wrong := fence.wrong_with(None)):
        yield wrong


def closes(marks: re.Match[str], fence: Fence) -> bool:
    return marks["marks"].startswith(fence.marks) and not marks["info"].strip()


def beside(text: str, match: re.Match[str]) -> str:
    """Return the text of a value, escaped where the text around it would turn it into markup.

    `[1, 2]: a` would define a link, `[1, 2](a)` would be a link, and `3. A` would begin a list.
    """
    before = match.string[: match.start()].rpartition("\n")[2]
    after = match.string[match.end() : match.end() + 1]
    link = text.endswith("]") and after in tuple(":([")
    number = text.isdigit() and after in tuple(".)") and not before.strip(" \t>*+-")
    if (link or number) and not before.count("`") % 2:
        return f"{text[:-1]}&#{ord(text[-1])};"
    return text


def read_include(
    line: int, indent: str, target: str, fence: str, block: int
) -> Include | Malformed:
    path, _, section = target.partition(":")
    if path.endswith(".py"):
        if section and not re.fullmatch(r"[A-Za-z][-\w]*", section):
            what = f'"{target}": name a section; line numbers go wrong at the next edit'
            return Malformed(line, what)
        return Include(line, indent, target, path[:-3], section or None, None, fence, block)
    output = OUTPUT.match(path)
    if output and not section:
        return Include(line, indent, target, output["stem"], None, output["output"], fence, block)
    return Malformed(
        line,
        f'"{target}" is neither code ("walkthrough/outputs.py:sum") '
        f'nor an output ("walkthrough/outputs/sum.txt")',
    )
