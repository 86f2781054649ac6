# SPDX-License-Identifier: MIT
"""What the tests of the lab share."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Route

from tests.support.project import ROOT

SOURCES = "sources"  # the folder of the server at which the modules are found


def serve_sources(context: BrowserContext) -> None:
    """Serve docs/assets as it is: the site holds its modules joined into classic scripts."""

    def serve(route: Route) -> None:
        _, _, name = route.request.url.partition(f"/{SOURCES}/")
        route.fulfill(path=ROOT / "docs" / "assets" / name, content_type="text/javascript")

    context.route(f"**/{SOURCES}/**", serve)


# The matrices of a state of the lab as its address holds them: two inputs, three projections.
GOOD = "1,0,1,0;0,2,0,2/1,0,1;1,0,0;0,0,1;0,1,1/0,0,1;1,1,0;0,1,0;1,1,0/0,2,0;0,3,0;1,0,3;1,1,0"
