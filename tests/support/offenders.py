# SPDX-License-Identifier: MIT
"""One test for one claim about many things: it fails once, and names everything that breaks it."""

from __future__ import annotations

from collections.abc import Iterable


def assert_none(offenders: Iterable[str]) -> None:
    """Fail with a line for each offender, if there are any."""
    found = list(offenders)
    assert not found, "\n".join([f"{len(found)} break this:", *found])
