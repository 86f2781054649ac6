# SPDX-License-Identifier: MIT
"""Every output says in words what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.write.words import words
from tests.support.chapters import PAGES
from tests.support.offenders import assert_none
from tests.support.pages import parsed

TITLES = {words()["output"], words()["measured"]}  # any other title explains its output
VALUES = re.compile(r"tensor|torch\.\w+|dtype|\b(?:nan|inf|True|False|None)\b|\de[-+]?\d|'[^']*'")


def is_bare(output: str) -> bool:
    """Return whether an output begins with a tensor, list or number that no word explains."""
    line = output.strip("\n").splitlines()[0]
    return line.startswith(("tensor(", "[")) or not re.search("[A-Za-z]", VALUES.sub("", line))


def outputs(site: Path) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in parsed(site / page / "index.html").select("article .language-text"):
            title = block.select_one(".filename")
            if title is not None and title.text in TITLES:
                yield page, block.code.text


def test_no_output_begins_with_an_unexplained_value(site: Path) -> None:
    found = list(outputs(site))
    assert len(found) > 200, "the outputs were not found"
    assert_none(f"{page}: {output}" for page, output in found if is_bare(output))


@pytest.mark.parametrize(
    "output",
    ["tensor([1., nan])", "[1, 2] heads", "8.39", "1e-05", "-0.5 [' a', ' b']", "torch.Size([2])"],
)
def test_a_bare_value_is_found(output: str) -> None:
    assert is_bare(output)
    assert not is_bare(f"label: {output}")
