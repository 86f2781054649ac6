# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from engine.model.snippet import Section
from engine.read.snippet import read_sections, read_timeout


def told(text: str) -> list[str]:
    return [str(problem) for problem in read_sections(text, "snippets/a.py")[1]]


def test_sections_are_found_with_their_lines() -> None:
    text = "x = 1\n# --8<-- [start:a]\ny = 2\n# --8<-- [end:a]\n# -8<- [ start : b-2 ] hidden\n#-8<- [end:b-2]"
    assert read_sections(text, "a.py") == ([Section("a", 2, 4), Section("b-2", 5, 6, True)], [])


@pytest.mark.parametrize("line", ['--8<-- "two.py"', '    ;--8<-- "two.py"', "-8<-"])
def test_a_line_that_a_page_would_take_for_an_include_is_reported(line: str) -> None:
    assert told(f'text = """\n{line}\n"""\n') == [
        "snippets/a.py:2: reads like an include, and a page would put that file in its place: "
        "write the line in another way"
    ]


def test_an_escaped_marker_is_text() -> None:
    assert read_sections("# ;--8<-- [start:a]\n", "a.py") == ([], [])


def test_the_time_limit_is_60_seconds_unless_the_file_says_otherwise() -> None:
    assert read_timeout("x = 1\n") == 60
    assert read_timeout("# SPDX\n# timeout: 120 s\n") == 120


def test_a_marker_behind_code_is_reported() -> None:
    _, problems = read_sections("# --8<-- [start:a]\nx = 1  # --8<-- [end:a]\n", "one.py")
    assert [str(p) for p in problems] == [
        'one.py:2: the marker of "a" stands behind code: give it a line of its own'
    ]


@pytest.mark.parametrize(
    "line",
    [
        "# timeout: abc",
        "# timeout 5",
        "# timeout: 0 s",
        "# timeout: 5 min",
        "#timeout: 5 s",
        "# Timeout: 5 s",
        "    # timeout: 5 s",
        "# timeout = 5 s",
        f"# timeout: {10**12} s",
    ],
)
def test_a_time_limit_that_cannot_be_read_is_reported(line: str) -> None:
    (only,) = told(f"x = 1\n{line}\n")
    assert only.startswith('snippets/a.py:2: a time is given as "# timeout: 120 s"')


@pytest.mark.parametrize("line", ["# measured:", "# measured", "# measured:why", "#measured: why"])
def test_a_measured_comment_without_a_reason_is_reported(line: str) -> None:
    (only,) = told(f"x = 1\n{line}\n")
    assert only.startswith('snippets/a.py:2: what is measured is told as "# measured: why"')


def test_words_that_set_no_limit_are_left_alone() -> None:
    assert told("# timeout: 5 s, since it is slow\n# measured in seconds\n# timeout of it\n") == []
