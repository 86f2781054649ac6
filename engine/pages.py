# SPDX-License-Identifier: MIT
"""Finds what the pages show: the code, the outputs, and the values inside sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# One line of pymdownx.snippets: --8<-- "file" or --8<-- "file:section".
INCLUDE = re.compile(
    r"^(?P<indent>[ \t]*)-+8<-+[ \t]+(?P<quote>[\"'])(?P<target>[^\"']+)(?P=quote)$"
)
NEARLY = re.compile(r"^[ \t]*-+8<-+")
FENCE = re.compile(r"^[ \t]*(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
# A value in a sentence: {{ snippet: expression }}. A backslash before it leaves it as written.
VALUE = re.compile(r"(?<!\\)\{\{ +(?P<stem>[\w/-]+) *: *(?P<expression>.+?) *\}\}")
OUTPUT = re.compile(r"^(?P<stem>.+)/(?P<output>[^/]+\.(?:txt|svg))$")


@dataclass(frozen=True)
class Include:
    """One line that shows a snippet's code (`section` may be None: the whole file) or an output.

    fence: the backticks or tildes around it, or "" outside a code fence
    block: the line on which that fence opens, or 0
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
    """One `{{ stem: expression }}`; `alone` where nothing else stands on its line."""

    line: int
    stem: str
    expression: str
    alone: bool


@dataclass(frozen=True)
class Malformed:
    """A line that nearly says one of these, with what to write instead."""

    line: int
    what: str


def read_page(lines: list[str]) -> Iterator[Include | Value | Malformed]:
    """Yields what a page shows, in order; `line` counts from 1."""
    fence, block = "", 0
    for number, line in enumerate(lines, start=1):
        marks = FENCE.match(line) if "```" in line or "~~~" in line else None
        if marks and not fence:
            fence, block = marks["marks"], number
        elif marks and marks["marks"].startswith(fence) and not marks["info"].strip():
            fence, block = "", 0
        elif "8<-" in line and (include := INCLUDE.match(line)):
            yield read_include(number, include["indent"], include["target"], fence, block)
        elif "8<-" in line and NEARLY.match(line):
            form = '--8<-- "walkthrough/outputs.py:sum"'
            yield Malformed(number, f"an include is one line with nothing after it: {form}")
        elif not fence and "{{ " in line:
            for value in VALUE.finditer(line):
                alone = value[0] == line.strip()
                yield Value(number, value["stem"], value["expression"], alone)
            if VALUE.sub("", line).replace("\\{{ ", "").count("{{ "):
                yield Malformed(
                    number,
                    'a value in a sentence is written "{{ walkthrough/outputs: outputs[0] }}": '
                    "a snippet, a colon, an expression",
                )


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
