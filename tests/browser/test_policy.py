# SPDX-License-Identifier: MIT
"""The content security policy, enforced by a real Chromium, stops injected scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import Server

INJECTED = {
    "a script": "<script>window.broken = true</script>",
    "a handler": '<img src="x:" onerror="window.broken = true">',
    "a script from elsewhere": '<script src="https://example.org/x.js"></script>',
    "a frame": '<iframe srcdoc="<script>parent.broken = true</script>"></iframe>',
}


@pytest.mark.parametrize("markup", INJECTED.values(), ids=INJECTED)
def test_an_injected_script_does_not_run(
    markup: str, context: BrowserContext, server: Server, site: Path
) -> None:
    page, refused = with_markup(context, server, site, markup)
    assert not page.evaluate("window.broken")
    assert refused


def test_an_injected_script_runs_without_the_policy(
    context: BrowserContext, server: Server, site: Path
) -> None:
    page, refused = with_markup(
        context, server, site, INJECTED["a script"], policy="no-such-header"
    )
    assert page.evaluate("window.broken")
    assert not refused


def with_markup(
    context: BrowserContext,
    server: Server,
    site: Path,
    markup: str,
    policy: str = "Content-Security-Policy",
) -> tuple[Page, list[str]]:
    """Return the start page with injected markup, and the refusals that the browser logged."""
    html = (site / "index.html").read_text("utf-8")
    assert html.count("Content-Security-Policy") == 1
    html = html.replace("Content-Security-Policy", policy).replace(
        "</article>", f"{markup}</article>"
    )
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda said: "Content Security Policy" in said.text and refused.append(said.text)
    )
    page.route(server.url, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(server.url, wait_until="networkidle")
    return page, refused
