# SPDX-License-Identifier: MIT
# folded
"""The results that `make parity` recorded."""

import json
from pathlib import Path

recording = json.loads(Path(__file__).with_name("results.json").read_text("utf-8"))
versions = ", ".join(f"{name} {number}" for name, number in recording["versions"].items())
layers = {row["name"]: row for row in recording["layers"]}
largest = max(row["difference"] for row in layers.values())
onnx = recording["onnx"]


def told():
    """Return the largest difference of each comparison, as lines."""
    return [f"{name:31} {row['difference']:.1e}" for name, row in layers.items()]
