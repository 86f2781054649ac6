# SPDX-License-Identifier: MIT
"""A test for one claim about many things, which lists everything that breaks the claim."""

from __future__ import annotations

from collections.abc import Iterable


def assert_none(offenders: Iterable[str]) -> None:
    """Fail with one line per offender, if there are any."""
    found = list(offenders)
    assert not found, "\n".join([f"{len(found)} break this:", *found])
