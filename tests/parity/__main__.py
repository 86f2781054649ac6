# SPDX-License-Identifier: MIT
"""Compare the layer to take along with those of public libraries, and record the differences.

    python -m tests.parity .parity/results.json

Exits with 1 if a difference is larger than rounding, so that a workflow fails.
"""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.parity import models, onnx_cases

PACKAGES = "torch", "transformers", "timm", "x-transformers", "onnx"
MOST = 2e-6


def main(file: Path) -> int:
    layers, cases = models.compared(), onnx_cases.compared()
    recording = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "versions": {name: version(name).partition("+")[0] for name in PACKAGES},
        "layers": layers,
        "onnx": cases,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(recording, indent=1) + "\n", "utf-8")
    for row in layers:
        print(f"{row['name']:32} {row['difference']:.1e}")
    print(f"ONNX: {cases['agree']} agree, {len(cases['differ'])} differ")
    print(*cases["differ"], sep="\n", end="")
    return int(bool(cases["differ"]) or any(row["difference"] > MOST for row in layers))


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
