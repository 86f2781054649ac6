# SPDX-License-Identifier: MIT
"""Rewrites the Markdown of a chapter as what notebooks know: CommonMark, tables, formulas, HTML."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable

# An image, a link, the mark of a footnote, attributes; and code, which stays as it is.
SPAN = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?P=ticks))"
    r"|\[\^(?P<note>[^\]]+)\]"
    r"|(?<!!)\[(?P<words>[^\[\]]*)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<attributes>\{:? ?[.#][^{}\n]*\})",
    re.DOTALL,
)
# A tag alone on its line that only lays out a page; the Markdown inside of it stays.
LAYOUT = re.compile(
    r"^[ \t]*</?(?:div|section|article|[a-z]+-[a-z-]+)\b[^>]*>[ \t]*$", re.MULTILINE
)
# What makes a page interactive, which a notebook is without it.
LIVE = re.compile(r"<link\b[^>]*>|<(script|style|template)\b.*?</\1>", re.DOTALL)
# A link inside the site, until it is known where the text will stand.
SITE_LINK = re.compile(r"\]\(site:(?P<page>[^)#]*)(?P<anchor>#[^)]*)?\)")


def plain(text: str, page: str, note: Callable[[str], str], own: tuple[str, ...] = ()) -> str:
    """Return Markdown without what only the site understands.

    Links inside the site lead to `site:PATH`, with a path below docs/; see `with_links`.

    page: the page that the text stands on, such as `walkthrough/inputs.md`
    note: returns the mark of a footnote by its name
    own: pages that are part of the notebook; links to them become plain words
    """

    def rewritten(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        if match["note"]:
            return note(match["note"])
        if match["attributes"]:
            return ""
        words, target = match["words"], match["target"]
        if re.match(r"[a-z]+:", target):
            return match[0]
        path, mark, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if path in own and path != page:
            return words
        return f"[{words}](site:{path}{mark}{anchor})"

    return LAYOUT.sub("", LIVE.sub("", SPAN.sub(rewritten, text)))


def with_links(text: str, target: Callable[[str, str], str]) -> str:
    """Return Markdown in which links inside the site lead where `target` says.

    target: returns the address for a path below docs/ and an anchor, such as `#by-hand` or ""
    """
    return SITE_LINK.sub(lambda m: f"]({target(m['page'], m['anchor'] or '')})", text)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def folded(title: str, text: str) -> str:
    """Return Markdown folded away below a title, which may hold code."""
    summary = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(title, quote=False))
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"
