# SPDX-License-Identifier: MIT
"""What `make bench` recorded, in words that fit a phone; drawing.py has the pictures."""

import json
from pathlib import Path
from textwrap import fill

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
    """The median, to a tenth, or None where nothing was measured."""
    for cell in recording["summary"]:
        if (cell["tool"], cell["size"], cell["row"]) == (tool, size, row):
            return round(cell["median"], 1)
    return None


def times(tool, other, size, row):
    """How many times as long as another tool one tool takes."""
    return round(seconds(tool, size, row) / seconds(other, size, row), 1)


if __name__ == "__main__":
    # --8<-- [start:versions] hidden
    for tool, packages in versions.items():
        listed = ", ".join(f"{name} {version}" for name, version in packages.items())
        print(fill(f"{names[tool]}: {listed}", WIDTH, subsequent_indent="  "))
    # --8<-- [end:versions]

    # --8<-- [start:bounds] hidden
    for claim in claims:
        mark = "reached" if claim["holds"] else "MISSED "
        print(fill(f"{mark} {claim['claim']}", WIDTH, subsequent_indent=" " * 8))
        print(f"        {claim['told']}")
    # --8<-- [end:bounds]

    # --8<-- [start:faults] hidden
    for number, (question, words) in enumerate(recording["questions"].items()):
        print("\n" * (number > 0) + fill(words, WIDTH))
        for fault in recording["faults"]:
            if fault["question"] == question:
                told = f"{names[fault['tool']]}: {fault['answer']} ({fault['seen']})"
                print(fill(told, WIDTH, initial_indent="  ", subsequent_indent="    "))
    # --8<-- [end:faults]
