# SPDX-License-Identifier: MIT
"""Run programs as a reader would: each from a file in its own empty folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Imports torch once and forks, because each program alone would need two seconds for it.
RUN_ALL = """
import os, runpy, sys
sys.path[:] = [p for p in sys.path if os.path.realpath(p or ".") != os.path.realpath(sys.argv[1])]
import torch, torch._dynamo, matplotlib.pyplot  # the second as any optimizer would
matplotlib.use("Agg")
for folder in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open("printed", os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(os.open("errors", os.O_WRONLY | os.O_CREAT), 2)
        runpy.run_path("program.py", run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
"""


def run_alone(programs: Iterable[str], folder: Path) -> list[str]:
    """Return what each program prints, or the last line of its traceback."""
    folders = []
    for number, text in enumerate(programs):
        folders.append(folder / str(number))
        folders[-1].mkdir()
        (folders[-1] / "program.py").write_text(text, "utf-8")
    command = [sys.executable, "-c", RUN_ALL, str(ROOT), *map(str, folders)]
    subprocess.run(command, cwd=folder, check=True)
    return [read(one) for one in folders]


def read(folder: Path) -> str:
    errors = (folder / "errors").read_text("utf-8").strip()
    failed = errors.splitlines()[-1] if "Traceback" in errors else ""
    return (folder / "printed").read_bytes().decode() + failed  # keeps carriage returns
