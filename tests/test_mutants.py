# SPDX-License-Identifier: MIT
"""The explanations in tests/mutants.py fit the mutants that it makes."""

from __future__ import annotations

from pathlib import Path

from tests.mutants import EQUIVALENT, left_out, mutants_of


def test_each_explained_mutant_is_one_that_is_made(root: Path) -> None:
    snippets = {snippet for snippet, _ in EQUIVALENT}
    made = {
        (m.snippet, m.change)
        for snippet in snippets
        for m in mutants_of(root / snippet, shown=True)
    }
    assert EQUIVALENT.keys() - made == set()


def test_a_copy_lacks_the_built_site_and_keeps_the_engine_s(root: Path) -> None:
    names = ["site", "write", "__pycache__"]
    assert left_out(str(root), names) == {"site", "__pycache__"}
    assert left_out(str(root / "engine"), names) == {"__pycache__"}
