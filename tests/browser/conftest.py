# SPDX-License-Identifier: MIT
"""Fixtures of the browser tests: a real Chromium, and the built site behind a local server."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.browser import PREFIX, PagesHandler, Server
from tests.support.chapters import NOTEBOOK_PAGES, PAGES
from tests.support.chromium import FLAGS, MISSING, find


@pytest.fixture(scope="session")
def known_pages(pytestconfig: pytest.Config) -> list[str]:
    return PAGES if pytestconfig.getoption("--zensical") else [*PAGES, *NOTEBOOK_PAGES]


@pytest.fixture(scope="session")
def lacking(site: Path, pytestconfig: pytest.Config) -> Callable[[str], bool]:
    """Return whether an error of a page from a disk is a known one of the generator.

    Zensical requests a search.js there that it does not write.
    """
    search = (site / "search.js").as_uri() if pytestconfig.getoption("--zensical") else None
    return lambda error: search is not None and search in error


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    # Chromium's sandbox refuses to run as root, as in a container.
    flags = [*FLAGS, "--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else FLAGS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(site: Path, published: Path) -> Iterator[Server]:
    handler = partial(PagesHandler, site, published)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{running.server_port}/"
        yield Server(url=url, sub=url + PREFIX.removeprefix("/"))
        running.shutdown()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser context with a fresh profile."""
    fresh = browser.new_context()
    yield fresh
    fresh.close()
