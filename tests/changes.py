# SPDX-License-Identifier: MIT
"""`python -m tests.changes OLD NEW`: compare the numbers on the pages of two built sites.

Use this for a new version of torch or matplotlib. Differences in the last printed digit are
rounding and not reported, nor are those between numbers that are rounding errors themselves.
Prints Markdown.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from bs4 import BeautifulSoup

NUMBER = re.compile(
    r"(?<![\w.])[-\u2212]?\d+(?:\.(?P<decimals>\d*))?(?:e(?P<power>[-+]?\d+))?(?!\w)"
)
BLOCKS = "h1, h2, h3, h4, p, li, td, th, summary, figcaption, caption, desc, pre"
LEFT_OUT = "template, script, style, .measured"  # measured times differ from run to run
NOISE = 1e-6  # rounding errors of float32

Change = tuple[str, str]  # the old and the new line, "" if there is none


def changes(old: Path, new: Path) -> dict[str, list[Change]]:
    """Return the lines that differ beyond rounding, by the page's address below the site."""
    pages = sorted({page.relative_to(site) for site in (old, new) for page in site.rglob("*.html")})
    told = {}
    for page in pages:
        before, after = (list(lines_of(site / page)) for site in (old, new))
        if found := list(different(before, after)):
            told[page.as_posix().removesuffix("index.html") or "the start page"] = found
    return told


def lines_of(page: Path) -> Iterator[str]:
    """Yield a line for each paragraph, printed line and figure description of a page."""
    if not page.is_file():
        return
    article = BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one("article")
    if article is None:
        return
    for needless in article.select(LEFT_OUT):
        needless.decompose()
    for block in article.select(BLOCKS):
        if block.name != "pre" and block.select_one(BLOCKS):
            continue  # the blocks inside are selected too
        lines = block.get_text().splitlines() if block.name == "pre" else [block.get_text(" ")]
        yield from filter(None, (" ".join(line.split()) for line in lines))


def different(before: list[str], after: list[str]) -> Iterator[Change]:
    """Yield the differences. Lines are paired by words, so that new numbers get their old ones."""
    words = [[NUMBER.sub("0", line) for line in lines] for lines in (before, after)]
    for kind, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        olds, news = before[a:b], after[c:d]
        if kind == "equal":
            pairs = zip(olds, news, strict=True)
            yield from ((was, now) for was, now in pairs if not same(was, now))
        elif kind == "replace" and len(olds) == len(news):
            yield from zip(olds, news, strict=True)
        else:
            yield from ((was, "") for was in olds)
            yield from (("", now) for now in news)


def same(was: str, now: str) -> bool:
    """Return whether two lines with the same words have the same numbers, up to rounding."""
    pairs = zip(NUMBER.finditer(was), NUMBER.finditer(now), strict=True)
    return all(near(one, two) for one, two in pairs)


def near(one: re.Match[str], two: re.Match[str]) -> bool:
    a, b = (float(number[0].replace("\N{MINUS SIGN}", "-")) for number in (one, two))
    if max(abs(a), abs(b)) < NOISE:
        return True
    step = max(last_digit(one), last_digit(two))
    return abs(a - b) <= (1.01 * step if step < 1 else 0)


def last_digit(number: re.Match[str]) -> float:
    """Return the value of one step in the last printed digit: 0.001 for 1.234, 1 for 5."""
    return 10.0 ** (int(number["power"] or 0) - len(number["decimals"] or ""))


def report(found: dict[str, list[Change]]) -> str:
    """Return the changes as Markdown, with a heading for each page."""
    if not found:
        return "No number on any page changed beyond rounding.\n"
    lines = [f"{sum(map(len, found.values()))} lines on {len(found)} pages changed.\n"]
    for page, pairs in found.items():
        lines += [f"## {page}\n", "```diff"]
        lines += [
            f"{mark} {text}"
            for pair in pairs
            for mark, text in zip("-+", pair, strict=True)
            if text
        ]
        lines += ["```\n"]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.changes", description=__doc__)
    parser.add_argument("old", type=Path, help="the folder of a built site")
    parser.add_argument("new", type=Path, help="the folder of another one")
    options = parser.parse_args(arguments)
    for site in (options.old, options.new):
        if not any(site.rglob("*.html")):
            print(f"{site} holds no pages: build a site into it first.", file=sys.stderr)
            return 2
    found = changes(options.old, options.new)
    print(report(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
