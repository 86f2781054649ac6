# SPDX-License-Identifier: MIT
"""Waiting for processes to end."""

from __future__ import annotations

import time
from pathlib import Path


def assert_ends(pid: int) -> None:
    """Wait until a killed process is gone, with patience for a loaded machine."""
    deadline = time.monotonic() + 60
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} lives on"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
