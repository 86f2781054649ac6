# SPDX-License-Identifier: MIT
"""What holds for every snippet, whatever it teaches."""

from __future__ import annotations

import runpy
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

SNIPPETS = Path(__file__).parents[1] / "snippets"
FILES = [file.relative_to(SNIPPETS).as_posix() for file in sorted(SNIPPETS.rglob("*.py"))]


@pytest.mark.parametrize("file", FILES)
def test_importing_is_silent(file: str, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # pytest would keep a warning to itself
        runpy.run_path(str(SNIPPETS / file), run_name="imported")
    assert capfd.readouterr() == ("", "")
    assert not plt.get_fignums()
