# SPDX-License-Identifier: MIT
"""Environments of the tools, made from pinned requirements and kept until these change."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def bin_of(tool: str, folder: Path, install: str) -> Path:
    """Return the `bin` folder of a tool's environment. Make it if it is missing or outdated.

    The engine uses the environment that the benchmark itself runs in.

    install: the install command, as in the Makefile, with "{python}" for the environment's Python
    """
    if tool == "engine":
        return Path(sys.executable).parent
    environment = folder / "environments" / tool
    requirements = HERE / f"requirements-{tool}.txt"
    wanted = requirements.read_text("utf-8")
    stamp = environment / "requirements.txt"
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        print(f"Installing what {tool} needs into {environment}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        python = environment / "bin" / "python"
        command = [part.replace("{python}", str(python)) for part in shlex.split(install)]
        subprocess.run([*command, "-r", str(requirements)], check=True)
        stamp.write_text(wanted, "utf-8")
    return environment / "bin"


def versions_of(bin: Path, packages: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of packages in an environment."""
    code = (
        "import sys, importlib.metadata as m\n"
        "for name in sys.argv[1:]: print(name, m.version(name).partition('+')[0])"
    )
    command = [str(bin / "python"), "-c", code, *packages]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split() for line in said.splitlines())
