# SPDX-License-Identifier: MIT
"""Reads from what a site was built, for its footer."""

from __future__ import annotations

import datetime
import os

from engine.run.environment import version_of


def built() -> dict[str, str]:
    """Return the version of torch, and the date of the sources where the environment says it."""
    found = {}
    if torch := version_of("torch"):  # a project may do without
        found["torch"] = torch.partition("+")[0]
    if (epoch := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        date = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        found["date"] = date.date().isoformat()
    return found
