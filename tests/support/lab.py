# SPDX-License-Identifier: MIT
"""Helpers of the tests of the lab."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Route

from tests.support.project import ROOT

SOURCES = "sources"  # folder of the server that serves the modules


def serve_sources(context: BrowserContext) -> None:
    """Serve the modules of docs/assets one by one. The site only has them joined."""

    def serve(route: Route) -> None:
        _, _, name = route.request.url.partition(f"/{SOURCES}/")
        route.fulfill(path=ROOT / "docs" / "assets" / name, content_type="text/javascript")

    context.route(f"**/{SOURCES}/**", serve)


# The matrices of a valid link to the lab: two inputs, three projections.
GOOD = "1,0,1,0;0,2,0,2/1,0,1;1,0,0;0,0,1;0,1,1/0,0,1;1,1,0;0,1,0;1,1,0/0,2,0;0,3,0;1,0,3;1,1,0"
