# SPDX-License-Identifier: MIT
"""What holds for every snippet, whatever it teaches."""

from __future__ import annotations

import runpy
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from tests.support.offenders import assert_none

SNIPPETS = Path(__file__).parents[1] / "snippets"
FILES = [file.relative_to(SNIPPETS).as_posix() for file in sorted(SNIPPETS.rglob("*.py"))]


def test_importing_any_snippet_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    assert FILES
    offenders = []
    for file in FILES:
        with warnings.catch_warnings(record=True) as warned:  # pytest would keep them to itself
            warnings.simplefilter("always")
            runpy.run_path(str(SNIPPETS / file), run_name="imported")
        out, err = capfd.readouterr()
        drawn = plt.get_fignums()
        plt.close("all")
        if out or err or warned or drawn:
            offenders.append(f"{file}: {out}{err}{[str(w.message) for w in warned]} {drawn}")
    assert_none(offenders)
