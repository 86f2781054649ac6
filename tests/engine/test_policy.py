# SPDX-License-Identifier: MIT
"""The content security policy allows the theme's own scripts by digest, and no others."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from engine.site.policy import secure


def source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def secured(site: Path, *pages: str) -> list[str]:
    paths = [site / f"{place}.html" for place in range(len(pages))]
    for path, html in zip(paths, pages, strict=True):
        path.write_text(html, "utf-8")
    secure(site)
    return [path.read_text("utf-8") for path in paths]


def test_the_policy_comes_before_every_script(tmp_path: Path) -> None:
    (html,) = secured(tmp_path, "<!doctype html><html><head><script>a</script></head></html>")
    assert html.index("Content-Security-Policy") < html.index("<script>")


def test_an_inline_script_is_allowed_by_its_digest_on_every_page(tmp_path: Path) -> None:
    pages = secured(tmp_path, "<head><script>go(1)</script></head>", "<head></head>")
    for html in pages:
        assert source("go(1)") in html
        assert source("go(2)") not in html
        assert "'unsafe-inline'" not in html.partition("script-src")[2].partition(";")[0]


def test_a_script_in_an_article_is_not_allowed(tmp_path: Path) -> None:
    article = (
        "<article class='a'><script>bad(1)</script></article><script>bad(2)</script></article>"
    )
    (html,) = secured(tmp_path, f"<head><script>a</script></head>{article}<script>b</script>")
    assert source("a") in html and source("b") in html
    assert source("bad(1)") not in html and source("bad(2)") not in html


def test_files_and_data_need_no_digest(tmp_path: Path) -> None:
    script = '<script src="a.js"></script><script type="application/json">{}</script>'
    assert "sha256" not in secured(tmp_path, f"<head>{script}</head>")[0]


def test_securing_a_site_twice_changes_nothing(tmp_path: Path) -> None:
    first = secured(tmp_path, "<head><script>go(1)</script></head>")
    secure(tmp_path)
    assert (tmp_path / "0.html").read_text("utf-8") == first[0]
