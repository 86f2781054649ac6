# SPDX-License-Identifier: MIT
"""Folders for a while, in memory where the system has room there: a build makes many files."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # where Linux has files that never reach a disk
ROOM = 1 << 30  # bytes that must be free there; in a container it may be small


OURS = "self-attention-engine"  # others have folders there too


def scratch(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """An empty folder. What processes left that were killed is removed from memory first."""
    usable = os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    for left in MEMORY.glob(f"{OURS}-{prefix}_*") if usable else []:
        owner = re.match(rf"{OURS}-{prefix}_(\d+)_", left.name)
        if owner and not Path("/proc", owner[1]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(
        prefix=f"{OURS}-{prefix}_{os.getpid()}_",
        dir=MEMORY if usable else None,
        ignore_cleanup_errors=True,
    )
