# SPDX-License-Identifier: MIT
"""The breaker of snippets can be trusted with what it explains."""

from __future__ import annotations

from pathlib import Path

from tests.mutants import EQUIVALENT, mutants_of


def test_each_explained_mutant_is_one_that_is_made(root: Path) -> None:
    snippets = {snippet for snippet, _ in EQUIVALENT}
    made = {
        (m.snippet, m.change)
        for snippet in snippets
        for m in mutants_of(root / snippet, shown=True)
    }
    assert EQUIVALENT.keys() - made == set()
