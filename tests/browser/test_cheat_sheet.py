# SPDX-License-Identifier: MIT
"""The cheat sheet prints on a single sheet of paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Server


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cheat_sheet_prints_on_one_page(
    browser: Browser, server: Server, paper: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(f"{server.url}cheat_sheet/", wait_until="networkidle")
    printed = page.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.close()


def test_no_line_of_code_is_broken_on_paper(browser: Browser, server: Server) -> None:
    inside_margins = {"width": 725, "height": 1050}  # of A4, in CSS pixels
    page = browser.new_page(viewport=inside_margins)
    page.goto(f"{server.url}cheat_sheet/", wait_until="networkidle")
    page.emulate_media(media="print")
    broken = page.evaluate("""
        [...document.querySelectorAll(".sheet pre > code")].flatMap((code) => {
            const height = parseFloat(getComputedStyle(code).lineHeight);
            const padding = parseFloat(getComputedStyle(code).paddingTop) * 2 + 2;
            const lines = code.textContent.trimEnd().split("\\n").length;
            const drawn = Math.round((code.offsetHeight - padding) / height);
            return drawn > lines ? [code.textContent] : [];
        })
    """)
    assert not broken
    page.close()


def test_printing_another_page_keeps_its_margins(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"{server.url}legend/", wait_until="networkidle")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).page") == "auto"
    page.close()
