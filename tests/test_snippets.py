# SPDX-License-Identifier: MIT
"""Rules that hold for every snippet, whatever its subject."""

from __future__ import annotations

import ast
import re
import runpy
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from tests.support.offenders import assert_none

SNIPPETS = Path(__file__).parents[1] / "snippets"
FILES = [file.relative_to(SNIPPETS).as_posix() for file in sorted(SNIPPETS.rglob("*.py"))]
CHECKS = [file for file in FILES if file.startswith("notebook_checks/")]
DRAWING = [file for file in FILES if file.startswith("drawing/")]


def text_of(file: str) -> str:
    return (SNIPPETS / file).read_text("utf-8")


def test_importing_any_snippet_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    assert FILES
    offenders = []
    for file in FILES:
        with warnings.catch_warnings(record=True) as warned:  # otherwise pytest captures them
            warnings.simplefilter("always")
            runpy.run_path(str(SNIPPETS / file), run_name="imported")
        out, err = capfd.readouterr()
        drawn = plt.get_fignums()
        plt.close("all")
        if out or err or warned or drawn:
            offenders.append(f"{file}: {out}{err}{[str(w.message) for w in warned]} {drawn}")
    assert_none(offenders)


def test_only_checks_of_notebooks_have_sections_that_no_page_shows() -> None:
    hiding = [file for file in FILES if re.search(r"8<-- \[start:\w+\] hidden", text_of(file))]
    assert hiding
    assert_none(sorted(set(hiding) - set(CHECKS)))


def test_the_main_guard_defines_no_functions_or_classes() -> None:
    assert_none(file for file in FILES for _ in definitions_in_main(ast.parse(text_of(file))))


def definitions_in_main(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        if is_main_guard(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.FunctionDef | ast.ClassDef):
                    yield inner


def test_the_main_guard_comes_last() -> None:
    bodies = {file: ast.parse(text_of(file)).body for file in FILES}
    assert_none(file for file, body in bodies.items() if any(map(is_main_guard, body[:-1])))


def is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def test_a_blank_line_stands_below_each_section() -> None:
    glued = re.compile(r"^ *# --8<-- \[end:(\w+)\]\n(?!\n|\Z)", re.MULTILINE)
    assert_none(f"{file}: {name}" for file in FILES for name in glued.findall(text_of(file)))


def test_checks_say_which_snippet_they_are_for_or_that_others_share_them() -> None:
    offenders = []
    for file in CHECKS:
        found = re.search(r"^# checks: (\S+)$", text_of(file), re.MULTILINE)
        is_shared = re.search(r"^# folded: checks$", text_of(file), re.MULTILINE)
        if bool(found) == bool(is_shared) or bool(found) != ("HINTS = {" in text_of(file)):
            offenders.append(file)
        elif found and (f"{found[1]}.py" not in FILES or file != f"notebook_checks/{found[1]}.py"):
            offenders.append(f"{file}: {found[1]}")
    assert_none(offenders)


def test_drawing_helpers_are_folded_in_notebooks() -> None:
    assert DRAWING
    folded = re.compile(r"^# folded$", re.MULTILINE)
    assert_none(file for file in DRAWING if not folded.search(text_of(file)))
