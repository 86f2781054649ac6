# SPDX-License-Identifier: MIT
import runpy
from pathlib import Path

import pytest

SNIPPETS = Path(__file__).parents[3] / "snippets" / "walkthrough" / "exercises"


@pytest.fixture
def solved(request):
    """The results of the snippet of the same name: `test_inputs.py` tests `inputs.py`."""
    name = request.path.name.removeprefix("test_")
    return runpy.run_path(str(SNIPPETS / name), run_name="__main__")
