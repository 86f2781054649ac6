# SPDX-License-Identifier: MIT
"""The content security policy of a site: no script runs but its files and the theme's own.

The theme writes a few scripts into each page, and its instant navigation runs those of the next
page in this one. So each of them is allowed on every page, by the digest of its very text
(https://www.w3.org/TR/CSP3/#match-element-to-source-list): no other one can run.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
HEAD = "<head>"


def secure(site: Path) -> None:
    """Writes the policy into every page of a built site, the first thing in its head."""
    pages = {path: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
    scripts = {source for html in pages.values() for source in sources_of(html)}
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts)}">'
    for path, html in pages.items():
        if meta not in html:
            path.write_text(html.replace(HEAD, HEAD + meta, 1), "utf-8")


def policy(scripts: set[str]) -> str:
    return "; ".join(
        [
            "default-src 'self'",
            "script-src " + " ".join(["'self'", *sorted(scripts)]),
            "style-src 'self' 'unsafe-inline'",  # the theme and the figures set styles in place
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def sources_of(html: str) -> set[str]:
    """A source for each script that is written into the page; data there needs none."""
    return {
        f"'sha256-{base64.b64encode(hashlib.sha256(found['text'].encode()).digest()).decode()}'"
        for found in INLINE.finditer(html)
        if "src=" not in found["attributes"] and "json" not in found["attributes"]
    }


if __name__ == "__main__":
    secure(Path(sys.argv[1]))
