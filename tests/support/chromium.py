# SPDX-License-Identifier: MIT
"""Find a Chromium for the browser tests, or install one with `--install`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The headless shell comes first: it needs a third of the processor time per page.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

# Chromium checks for updates at every start, but tests must contact no host except their own.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

MISSING = (
    "no Chromium found: run `make browser`, or name one in the variable CHROME "
    "(CHROME=/path/to/chromium make test)"
)


def find() -> str | None:
    """Return the path of a Chromium: from CHROME, from PATH, or Playwright's own."""
    named = os.environ.get("CHROME")
    if named:
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    if MAC.exists():
        return str(MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def install() -> None:
    """Install Playwright's Chromium, or the system's package if that fails."""
    own = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if own.returncode and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        for package in (SHELL, "chromium"):  # Ubuntu lacks the first
            command = ["apt-get", "install", "-y", "-qq", package]
            if subprocess.run(command, check=False).returncode == 0:
                break


if __name__ == "__main__":
    if find() is None and "--install" in sys.argv:
        install()
    found = find()
    print(found or MISSING)
    sys.exit(found is None)
