# SPDX-License-Identifier: MIT
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def solved(request):
    """The results of the exercises in the same folder."""
    folder = request.path.parent.relative_to(ROOT / "tests")
    return runpy.run_path(str(ROOT / "snippets" / folder / "exercises.py"), run_name="__main__")
