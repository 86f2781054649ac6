# SPDX-License-Identifier: MIT
"""Convert the Markdown of a chapter to that of notebooks: CommonMark, tables, formulas, HTML."""

import html
import posixpath
import re
from collections.abc import Callable

# A link, the mark of a footnote, attributes; and code, which stays unchanged.
SPAN = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?P=ticks))"
    r"|\[\^(?P<note>[^\]]+)\]"
    r"|(?<!!)\[(?P<words>[^\[\]]*)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<attributes>\{:? ?[.#][^{}\n]*\})",
    re.DOTALL,
)
# A line with only a layout tag, which is removed; the Markdown inside the element stays.
LAYOUT = re.compile(
    r"^[ \t]*</?(?:div|section|article|[a-z]+-[a-z-]+)\b[^>]*>[ \t]*$", re.MULTILINE
)
# Elements for the scripts of a page, which do not work in a notebook.
LIVE = re.compile(r"<link\b[^>]*>|<(script|style|template)\b.*?</\1>", re.DOTALL)
# A link inside the site, a placeholder until `with_links` resolves it.
SITE_LINK = re.compile(r"\]\(site:(?P<page>[^)#]*)(?P<anchor>#[^)]*)?\)")


def plain(text: str, page: str, note: Callable[[str], str], included: tuple[str, ...] = ()) -> str:
    """Return Markdown without syntax that only the site supports.

    Links inside the site become `site:PATH`, with a path below docs/; see `with_links`.

    page: the page of the text, such as `walkthrough/inputs.md`
    note: returns the mark of a footnote by its name
    included: other pages in the notebook; links to them become plain text
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
        if path in included and path != page:
            return words
        return f"[{words}](site:{path}{mark}{anchor})"

    return LAYOUT.sub("", LIVE.sub("", SPAN.sub(rewritten, text)))


def with_links(text: str, target: Callable[[str, str], str]) -> str:
    """Return Markdown with the links inside the site resolved.

    target: returns the URL for a path below docs/ and an anchor, such as `#by-hand` or ""
    """
    return SITE_LINK.sub(lambda m: f"]({target(m['page'], m['anchor'] or '')})", text)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def folded(title: str, text: str) -> str:
    """Return Markdown in a <details> element with a title, which may contain code."""
    summary = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(title, quote=False))
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"
