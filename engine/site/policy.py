# SPDX-License-Identifier: MIT
"""The content security policy of a site: only its script files and the theme's inline scripts run.

The theme writes a few inline scripts into each page, and its instant navigation runs those of the
next page in the current one. So every page allows all of them, by the digests of their texts
(https://www.w3.org/TR/CSP3/#match-element-to-source-list). Inline scripts inside an <article>,
which contains outputs, are not allowed.
"""

import base64
import hashlib
import os
import re
import sys
from pathlib import Path

# Inline styles are allowed, since the theme and the figures use them.
POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
)
HEAD = b"<head>"
SCRIPT = re.compile(rb"<script([^>]*)>(.*?)</script>", re.DOTALL)
NOT_INLINE = (b"src=", b"json")  # in the tag of a script file, or of data that is not run


def secure(site: Path) -> None:
    """Insert the policy into every page of a built site, at the start of its <head>."""
    files = [Path(folder, name) for folder, _, names in os.walk(site) for name in names]
    pages = {file: file.read_bytes() for file in files if file.suffix == ".html"}
    scripts = {source for html in pages.values() for source in sources_of(html)}
    policy = POLICY.format(scripts=" ".join(["'self'", *sorted(scripts)]))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'.encode()
    for path, html in pages.items():
        if meta not in html:
            path.write_bytes(html.replace(HEAD, HEAD + meta, 1))


def sources_of(html: bytes) -> set[str]:
    """Return the CSP source of each inline script outside the article."""
    above, article, rest = html.partition(b"<article")
    html = above + rest.rpartition(b"</article>")[2] if article else html
    texts = (text for tag, text in SCRIPT.findall(html) if not any(w in tag for w in NOT_INLINE))
    digests = (base64.b64encode(hashlib.sha256(text).digest()) for text in texts)
    return {f"'sha256-{digest.decode()}'" for digest in digests}


if __name__ == "__main__":
    secure(Path(sys.argv[1]))
