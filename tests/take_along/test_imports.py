# SPDX-License-Identifier: MIT
"""A file to take along is imported as fast as torch itself."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "snippets" / "take_along"


def test_no_file_imports_the_compiler_of_torch():
    """It would take a second, which is as long as all of torch."""
    files = sorted(path.stem for path in FOLDER.glob("*.py"))
    code = f"import sys, {', '.join(files)}; print('torch._dynamo' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    assert len(files) >= 5
    assert done.stdout == "False\n"
