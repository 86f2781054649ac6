# SPDX-License-Identifier: MIT
"""Folders for a while."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # where Linux has files that never reach a disk
ROOM = 1 << 30  # bytes that must be free there; in a container it may be small


def scratch(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """An empty folder, in memory where there is room: a build makes thousands of small files."""
    usable = os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return tempfile.TemporaryDirectory(
        prefix=prefix, dir=MEMORY if usable else None, ignore_cleanup_errors=True
    )
