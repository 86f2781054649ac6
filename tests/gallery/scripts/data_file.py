# SPDX-License-Identifier: MIT
# Expected: refused: without the project's files
from pathlib import Path

# --8<-- [start:read]
folder = Path(__file__).parent
lines = (folder / "data_file.py").read_text().splitlines()
print(len(lines) > 3)
# --8<-- [end:read]
