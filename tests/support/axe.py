# SPDX-License-Identifier: MIT
"""Accessibility reports by axe."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

LOOK = """async ([context, options]) => {
    const { violations } = await axe.run(context ?? document, options);
    return { violations };
}"""
OPTIONS = {
    # Describing elements that pass takes three fifths of axe's time.
    "resultTypes": ["violations"],
    # No enabled rule reads style sheets, and axe would request each of them again.
    "preload": {"assets": ["media"]},
}


def axe_report(
    page: Page, options: dict[str, Any] | None = None, context: dict[str, Any] | None = None
) -> str:
    """Return a report of the violations on a page, or "". axe is loaded once per page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(LOOK, [context, {**OPTIONS, **(options or {})}]))
    return found.generate_report() if found.violations_count else ""
