# SPDX-License-Identifier: MIT
"""The results of `make bench`, as lines that fit a phone; drawing.py draws them."""

import json
from pathlib import Path
from textwrap import wrap

recording = json.loads((Path(__file__).parent / "results.json").read_text("utf-8"))
machine, versions = recording["machine"], recording["versions"]
names = recording["titles"]
WIDTH = 40
claims = recording["bounds"]
reached = sum(claim["holds"] for claim in claims)
cold = {(cell["tool"], cell["size"]) for cell in recording["cells"] if cell["row"] == "cold"}
missing = ", ".join(
    f"{names[tool]} with {size} chapters"
    for size in recording["sizes"]
    for tool in names
    if (tool, size) not in cold
)


def seconds(tool, size, row):
    """Return the median in seconds, rounded to tenths, or None if it was not measured."""
    for cell in recording["summary"]:
        if (cell["tool"], cell["size"], cell["row"]) == (tool, size, row):
            return round(cell["median"], 1)
    return None


def versions_told():
    """Return the packages of each tool, as lines."""
    lines = []
    for tool, packages in versions.items():
        listed = ", ".join(f"{name} {version}" for name, version in packages.items())
        lines += wrapped(f"{names[tool]}: {listed}", "", "  ")
    return lines


def bounds_told():
    """Return each claim, whether it was reached, and the measurements, as lines."""
    lines = []
    for claim in claims:
        mark = "reached" if claim["holds"] else "MISSED "
        lines += wrapped(f"{mark} {claim['claim']}", "", " " * 8)
        lines.append(f"        {claim['told']}")
    return lines


def faults_told():
    """Return each question with the answers of the tools, as lines."""
    lines = []
    for number, (question, words) in enumerate(recording["questions"].items()):
        lines += [""] * (number > 0)
        lines += wrapped(words, "", "")
        for fault in recording["faults"]:
            if fault["question"] == question:
                told = f"{names[fault['tool']]}: {fault['answer']} ({fault['seen']})"
                lines += wrapped(told, "  ", "    ")
    return lines


def wrapped(text, first, later):
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=later)
