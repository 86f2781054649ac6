# SPDX-License-Identifier: MIT
"""The measured builds: from nothing, without a change, and after three kinds of edit."""

from __future__ import annotations

import base64
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from tests.bench import processes
from tests.bench.tools import Site, Tool

ROWS = ("cold", "warm", "sentence", "snippet", "helper")
RAN = re.compile(r"Ran (\S+) in [\d.]+ s")
RUN = int(time.time())
INLINE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)")
LINKED = re.compile(r'(?:src|data)="([^":]+\.svg)"')


@dataclass
class Cell:
    """The measurements of one row of one tool at one size.

    seconds: of the builds that count; limit: the time limit if it was exceeded, or None
    peak: bytes, measured in the first round, whose time counts only if it is the only round
    shown: the number of chapters that showed the edit afterwards; expected: that should have
    ran: the number of snippets that the engine ran
    """

    tool: str
    size: int
    row: str
    seconds: list[float] = field(default_factory=list)
    limit: float | None = None
    peak: int | None = None
    shown: int | None = None
    expected: int | None = None
    ran: int | None = None


class Failed(Exception):
    """Raised when a build ends with an error. Holds its output."""


def token(row: str, number: int) -> str:
    """Return the text of an edit. Code writes it in capitals, so that only its output has these.

    The text differs in each run, because tools would have an earlier output in their cache.
    """
    return f"edited {row} {RUN} {number}"


def prepare(tool: Tool, site: Site, row: str, number: int) -> None:
    """Bring a project into the state that a row starts from."""
    if row == "cold":
        tool.forget(site)
    elif row == "sentence":
        tool.edit_sentence(site, token(row, number))
    elif row == "snippet":
        tool.edit_snippet(site, token(row, number))
    elif row == "helper":
        tool.edit_helper(site, token(row, number))


def build(tool: Tool, site: Site, bin: Path, limit: float, memory: bool) -> processes.Run:
    environment = {**os.environ, **tool.variables(site)}
    done = processes.run(tool.command(bin), site.folder, environment, limit, memory)
    if done.status:
        raise Failed(f"{tool.title} ended with status {done.status}:\n{done.output[-3000:]}")
    return done


def measure(
    tool: Tool,
    site: Site,
    bin: Path,
    cell: Cell,
    number: int,
    limit: float,
    only: Callable[[float], bool],
) -> float:
    """Build once, record the measurements in the cell, and return the seconds.

    number: of the round, from 1; the first also measures memory
    only: given the seconds of the first round, returns whether there will be no other
    """
    first = number == 1
    try:
        prepare(tool, site, cell.row, number)
        done = build(tool, site, bin, limit, memory=first)
    except Failed as error:
        if tool.name == "engine":
            raise
        # MyST-NB's processes can collide in its cache, which must not end a run of hours.
        print(f"{error}\nIt is tried once more.", file=sys.stderr)
        prepare(tool, site, cell.row, number)
        done = build(tool, site, bin, limit, memory=first)
    if done.seconds is None:
        cell.limit = limit
        return limit
    cell.peak = done.peak or cell.peak
    if not first or only(done.seconds):
        cell.seconds.append(round(done.seconds, 4))
    if tool.name == "engine":
        cell.ran = len(RAN.findall(done.output))
    if cell.row not in ("cold", "warm"):
        cell.shown, cell.expected = shown(tool, site, cell.row, token(cell.row, number))
    return done.seconds


def shown(tool: Tool, site: Site, row: str, text: str) -> tuple[int, int]:
    """Return how many chapters show an edit, and how many should."""
    if row == "sentence":
        return int(text in seen_on(tool.built(site, site.edited))), 1
    chapters = site.chapters if row == "helper" else [site.edited]
    return sum(text.upper() in seen_on(tool.built(site, c)) for c in chapters), len(chapters)


def seen_on(page: Path) -> str:
    """Return a built page with the texts of its figures, embedded or linked."""
    html = page.read_text("utf-8")
    texts = [html]
    texts += [base64.b64decode(match).decode() for match in INLINE.findall(html)]
    for link in LINKED.findall(html):
        picture = page.parent / unquote(link)
        if picture.is_file():
            texts.append(picture.read_text("utf-8"))
    return "\n".join(texts)
