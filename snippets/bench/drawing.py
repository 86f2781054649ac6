# SPDX-License-Identifier: MIT
"""Draw the seconds of each tool and kind of build, a picture per number of chapters."""

import matplotlib.pyplot as plt

from snippets.bench.recording import names, recording
from snippets.drawing.pieces import MUTED, canvas, describe, write

ROWS = {
    "cold": "Cold: nothing is kept",
    "warm": "Warm: nothing has changed",
    "sentence": "One sentence edited",
    "snippet": "One snippet edited",
    "helper": "The helper of all snippets edited",
}
LINE, HEADING, NAME, LONGEST = 19, 30, 104, 176  # pixels


def bars(size):
    cells = [cell for cell in recording["cells"] if cell["size"] == size]
    medians = {(c["tool"], c["row"]): c for c in recording["summary"] if c["size"] == size}
    rows = [row for row in ROWS if any(cell["row"] == row for cell in cells)]
    height = sum(HEADING + LINE * sum(c["row"] == row for c in cells) for row in rows)
    axes = canvas(f"Seconds of a build, {size} chapters", 400, height)
    y, said = 0, []
    for row in rows:
        write(axes, 0, y + 20, ROWS[row], weight="bold")
        y += HEADING
        here = [cell for cell in cells if cell["row"] == row]
        longest = max(cell["limit"] or medians[cell["tool"], row]["median"] for cell in here)
        for cell in here:
            name = names[cell["tool"]]
            median = medians.get((cell["tool"], row), {"median": cell["limit"]})["median"]
            stale = cell["shown"] is not None and cell["shown"] < cell["expected"]
            told = f"{median:.2f} s" if cell["seconds"] else f"over {cell['limit']:.0f} s"
            told += ", stale" * stale
            bar(axes, y, median / longest, cell["tool"] == "engine", stale)
            write(axes, 0, y + 13.5, name, "black" if cell["tool"] == "engine" else MUTED)
            write(axes, NAME + LONGEST * median / longest + 6, y + 13.5, told, size=12)
            said.append(f"{ROWS[row]}, {name}: {told}")
            y += LINE
    describe(axes, *said)


def bar(axes, y, length, ours, stale):
    corner = (NAME + 0.5, y + 3.5)
    look = {"fill": False, "ec": MUTED, "lw": 1} if stale else {"fc": "black" if ours else "0.6"}
    axes.add_patch(plt.Rectangle(corner, max(LONGEST * length, 1), LINE - 7, **look))
