# SPDX-License-Identifier: MIT
"""The comparison of two built sites lists changed numbers beside the old, except for rounding."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.changes import changes, main


@pytest.fixture
def compared(tmp_path: Path):
    def compare(before: str, after: str) -> dict[str, list[tuple[str, str]]]:
        for name, body in (("old", before), ("new", after)):
            page = tmp_path / name / "chapter" / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(f"<html><nav>7</nav><article>{body}</article></html>", "utf-8")
        return changes(tmp_path / "old", tmp_path / "new")

    return compare


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("1.9366", "1.9376"),
        ("[2, 4]", "[2, 5]"),
        ("-0.5", "0.5"),
        ("1.5e-03", "1.5e-04"),
        ("(3, 3)", "(3, 4)"),
    ],
)
def test_a_changed_number_is_reported_beside_the_old(compared, was: str, now: str) -> None:
    assert compared(f"<p>It is {was}.</p>", f"<p>It is {now}.</p>") == {
        "chapter/": [(f"It is {was}.", f"It is {now}.")]
    }


@pytest.mark.parametrize(
    ("was", "now"),
    [("1.9366", "1.9367"), ("6.0337e-06", "6.0338e-06"), ("1.19e-07", "2.38e-07"), ("5", "5")],
)
def test_rounding_is_not_reported(compared, was: str, now: str) -> None:
    assert not compared(f"<p>It is {was}.</p>", f"<p>It is {now}.</p>")


def test_printed_lines_and_descriptions_of_pictures_count(compared) -> None:
    page = "<pre><code>a 1.5\nb {}</code></pre><svg><desc>row 1: {}</desc></svg>"
    found = compared(page.format("2.5", "2.5"), page.format("2.75", "2.75"))
    assert found == {"chapter/": [("b 2.5", "b 2.75"), ("row 1: 2.5", "row 1: 2.75")]}


def test_an_added_line_is_reported(compared) -> None:
    assert compared("<p>One.</p>", "<p>One.</p><p>A warning.</p>") == {
        "chapter/": [("", "A warning.")]
    }


def test_measured_times_are_left_out(compared) -> None:
    assert not compared('<p class="measured">1.2 s</p>', '<p class="measured">9.9 s</p>')


def test_a_missing_page_is_reported(compared, tmp_path: Path) -> None:
    compared("<p>1</p>", "<p>1</p>")
    shutil.rmtree(tmp_path / "new" / "chapter")
    assert changes(tmp_path / "old", tmp_path / "new") == {"chapter/": [("1", "")]}


def test_the_command_prints_changes_as_markdown(compared, tmp_path: Path, capsys) -> None:
    compared("<p>It is 1.5.</p>", "<p>It is 2.5.</p>")
    assert main([str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    assert "## chapter/\n\n```diff\n- It is 1.5.\n+ It is 2.5.\n```" in capsys.readouterr().out
    assert main([str(tmp_path / "old"), str(tmp_path / "old")]) == 0
    assert main([str(tmp_path / "old"), str(tmp_path / "nowhere")]) == 2


def test_real_pages_do_not_differ_from_themselves(site: Path) -> None:
    chapters = site / "walkthrough"
    assert list(chapters.rglob("index.html"))
    assert changes(chapters, chapters) == {}
