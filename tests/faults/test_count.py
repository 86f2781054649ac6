# SPDX-License-Identifier: MIT
"""How many faults there are, and that README says so."""

from __future__ import annotations

import re
from pathlib import Path

from tests.faults import test_builds, test_cache
from tests.faults.faults import FAULTS


def faults() -> int:
    """Those of snippets, from their table; those of cache and builds, each a test of its own."""
    tests = [name for module in (test_cache, test_builds) for name in vars(module)]
    return len(FAULTS) + sum(name.startswith("test_") for name in tests)


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.stem for fault in FAULTS}) == len(FAULTS)


def test_readme_says_how_many_faults_are_tried(root: Path) -> None:
    said = re.search(r"breaks it\s+in (\d+) ways", (root / "README.md").read_text("utf-8"))
    assert said, "README says: tests/faults breaks it in N ways"
    assert int(said[1]) == faults()
