# SPDX-License-Identifier: MIT
"""Files offered for download are saved unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.browser import Server

FILES = ("use_it/self_attention.py", "walkthrough/by_hand.py")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("place", ["site", "disk"])
def test_a_download_equals_the_file_in_the_repository(
    file: str, place: str, context: BrowserContext, server: Server, site: Path, root: Path
) -> None:
    page = context.new_page()
    disk = (site / "use_it" / "index.html").as_uri()
    page.goto(disk if place == "disk" else f"{server.sub}use_it/")
    name = Path(file).name
    with page.expect_download() as started:
        page.get_by_role("link", name=f"Download {name}").click()
    assert started.value.suggested_filename == name
    assert Path(started.value.path()).read_bytes() == (root / "snippets" / file).read_bytes()


def test_a_page_announced_twice_has_each_link_once(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(f"{server.url}use_it/")
    page.evaluate("document$.next(document)")
    expect(page.locator("a[download]")).to_have_count(len(FILES))
