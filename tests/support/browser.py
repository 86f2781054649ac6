# SPDX-License-Identifier: MIT
"""A local server for the built site that answers as GitHub Pages does, and helpers for pages."""

from __future__ import annotations

import gzip
import http.server
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.support.project import ADDRESSES

TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml"}
ADDRESS = ADDRESSES["SITE_URL"]
PREFIX = urlsplit(ADDRESS).path
TIMEOUT = 120_000  # milliseconds, for a heavily loaded machine
expect.set_options(timeout=TIMEOUT / 4)


@dataclass(frozen=True)
class Server:
    """Two views of the built site on this machine, both ending in a slash."""

    url: str  # the site at the root of its host
    sub: str  # the published site under a sub-path: instant navigation works there


def words_of(said: ConsoleMessage) -> str:
    """Return the text of a console message, and the file that it is about."""
    return f"{said.text} ({said.location['url']})"


def turn_page(page: Page, address: str) -> None:
    """Follow the link to the next chapter, and wait for its title: the address changes earlier."""
    title = page.locator("article h1")
    before = title.inner_text()
    page.locator(".turn-next").click()
    page.wait_for_url(address)
    expect(title).not_to_have_text(before)


class PagesHandler(http.server.SimpleHTTPRequestHandler):
    """Compresses text, redirects folders to their slash, and answers missing pages with 404.html.

    Pages of the published site hold its address, which is replaced by the address of this server.
    """

    protocol_version = "HTTP/1.1"

    def __init__(self, site: Path, published: Path, *args: object) -> None:
        self.site, self.published = site, published
        super().__init__(*args)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        inside = path.startswith(PREFIX)
        folder = self.published if inside else self.site
        file = folder / path.removeprefix(PREFIX if inside else "/")
        if file.is_dir() and not path.endswith("/"):
            self.send_response(301)
            self.send_header("Location", f"{path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if file.is_dir():
            file /= "index.html"
        status = 200 if file.is_file() else 404
        if status == 404:
            file = folder / "404.html"
        body = file.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if file.suffix in TEXT:
            here = f"http://127.0.0.1:{self.server.server_port}{PREFIX}"
            body = body.replace(ADDRESS.encode(), here.encode())
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test report free of requests."""
