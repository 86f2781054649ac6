# SPDX-License-Identifier: MIT
"""What axe finds on a page, in words."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

LOOK = """async ([context, options]) => {
    const { violations } = await axe.run(context ?? document, options);
    return { violations };
}"""
OPTIONS = {
    # What axe finds to be right it need not describe: that takes three fifths of its time.
    "resultTypes": ["violations"],
    # No rule that is on reads style sheets; axe would ask for each of them once more.
    "preload": {"assets": ["media"]},
}


def axe_report(
    page: Page, options: dict[str, Any] | None = None, context: dict[str, Any] | None = None
) -> str:
    """Return what is wrong with a page, or nothing. The page loads axe once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(LOOK, [context, {**OPTIONS, **(options or {})}]))
    return found.generate_report() if found.violations_count else ""
