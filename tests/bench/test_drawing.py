# SPDX-License-Identifier: MIT
"""The figures of the benchmark show its recording."""

import matplotlib.pyplot as plt
import pytest

from snippets.bench import drawing
from snippets.bench.recording import names, recording


@pytest.mark.parametrize("size", recording["sizes"])
def test_every_median_stands_beside_its_bar(size):
    drawing.bars(size)
    axes = plt.gca()
    labels = [text.get_text() for text in axes.texts]
    lengths = [patch.get_width() for patch in axes.patches]
    plt.close("all")
    medians = [cell for cell in recording["summary"] if cell["size"] == size]
    assert len(lengths) == len(medians)
    seen = [label for label in labels if label not in {*names.values(), *drawing.ROWS.values()}]
    assert [label.partition(",")[0] for label in seen] == [f"{c['median']:.2f} s" for c in medians]
    for row in drawing.ROWS:
        here = [i for i, cell in enumerate(medians) if cell["row"] == row]
        longest = max(medians[i]["median"] for i in here)
        for i in here:
            share = medians[i]["median"] / longest
            assert lengths[i] == pytest.approx(max(drawing.LONGEST * share, 1))


def test_stale_builds_are_labeled_and_outlined():
    drawing.bars(60)
    axes = plt.gca()
    stale = sum(text.get_text().endswith(", stale") for text in axes.texts)
    outlines = sum(not patch.get_fill() for patch in axes.patches)
    said = plt.gcf().description
    plt.close("all")
    cells = [c for c in recording["cells"] if c["size"] == 60 and c["shown"] is not None]
    expected = sum(cell["shown"] < cell["expected"] for cell in cells)
    assert stale == outlines == said.count("stale") == expected > 0
