# SPDX-License-Identifier: MIT
"""The map of the tensors is readable and leads to the chapters, on desktops and phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Server

BOXES = [
    *("inputs", "w_query", "w_key", "w_value", "queries", "keys", "values"),
    *("scores", "weights", "outputs"),
]
PAGES = ("", "walkthrough/outputs/", "real_attention/multi_head/")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_each_box_names_a_shape_and_leads_to_its_chapter(
    phone: Page, server: Server, site: Path, path: str
) -> None:
    phone.goto(server.url + path)
    boxes = phone.locator(".map a")
    expect(boxes).to_have_text([re.compile(rf"^\s*{name}\s*\(\d+, \d+\)\s*$") for name in BOXES])
    for address in boxes.evaluate_all("all => all.map((one) => one.href)"):
        place = site / address.removeprefix(server.url)
        assert (place / "index.html").is_file(), address


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_the_map_goes_down_in_letters_of_14_pixels(
    phone: Page, server: Server, path: str
) -> None:
    phone.goto(server.url + path)
    boxes = phone.locator(".map a")
    sizes = boxes.evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 14
    tops = boxes.evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
    names = dict(zip(BOXES, tops, strict=True))
    assert names["inputs"] < names["w_key"] < names["keys"] < names["scores"]
    widths = boxes.evaluate_all("all => all.map((one) => one.scrollWidth - one.clientWidth)")
    assert max(widths) <= 0, "a name runs over its box"


def test_the_map_of_home_has_a_caption_and_lines_below_its_boxes(
    phone: Page, server: Server
) -> None:
    phone.goto(server.url)
    expect(phone.locator("figure:has(.map) figcaption")).to_contain_text(
        "Each box is a table of numbers"
    )
    for width in (390, 1280):
        phone.set_viewport_size({"width": width, "height": 844})
        box = phone.locator(".map").bounding_box()
        lines = phone.locator(".map svg:visible").bounding_box()
        assert box == pytest.approx(lines, abs=1)


def test_the_picture_of_home_can_be_read_on_a_phone(phone: Page, server: Server) -> None:
    phone.goto(server.url)
    svg = phone.locator("figure.drawing svg").first
    scale = svg.evaluate("one => one.getBoundingClientRect().width / one.viewBox.baseVal.width")
    size = svg.locator("text", has_text="0.47").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size * scale >= 12
