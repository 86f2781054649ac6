# SPDX-License-Identifier: MIT
"""The version of torch and the date of the sources, for the footer of the site."""

import datetime
import os

from engine.run.environment import version_of


def built() -> dict[str, str]:
    """Return `torch`, its version, and `date`, if SOURCE_DATE_EPOCH is set."""
    facts = {}
    if torch := version_of("torch"):  # it may not be installed
        facts["torch"] = torch.partition("+")[0]
    if (epoch := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        date = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        facts["date"] = date.date().isoformat()
    return facts
