# SPDX-License-Identifier: MIT
import runpy
from pathlib import Path

import pytest

SNIPPETS = Path(__file__).parents[3] / "snippets" / "real_attention" / "exercises"


@pytest.fixture
def solved(request):
    """What the snippet of the same name computes: `test_masking.py` tests `masking.py`."""
    name = request.path.name.removeprefix("test_")
    return runpy.run_path(str(SNIPPETS / name), run_name="__main__")
