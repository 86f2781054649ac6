# SPDX-License-Identifier: MIT
"""The notebooks of the built site, and kernels to run them in."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import local_provisioner
from nbclient import NotebookClient

from tests.notebooks.kernels import IMPORTED, Forked, Run


@pytest.fixture
def notebook(site: Path):
    """`notebook("inputs", "solved")` reads one from the built site."""

    def read(name: str, kind: str):
        path = site / "notebooks" / f"{name}_{kind}" / f"{name}_{kind}.ipynb"
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)

    return read


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Forked]]:
    """Takes the place of what starts a kernel for Jupyter."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {
        "PYTHONWARNINGS": "ignore",  # of the kernel's own, before it begins
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as a kernel sets it
    }
    with subprocess.Popen(
        [sys.executable, "-P", Path(__file__).with_name("forks.py"), *IMPORTED],
        cwd=tmp_path_factory.mktemp("forks"),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:

        def launch(command: list[str], cwd: str, **_: object) -> Forked:
            connection = command[command.index("-f") + 1]
            process.stdin.write(json.dumps([connection, cwd]) + "\n")
            return Forked(int(process.stdout.readline()))

        yield launch


@pytest.fixture
def running(fork: Callable[..., Forked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`with running(notebook) as run:` starts a kernel in an empty folder."""
    monkeypatch.setattr(local_provisioner, "launch_kernel", fork)

    @contextmanager
    def start(notebook) -> Iterator[Run]:
        client = NotebookClient(
            copy.deepcopy(notebook), timeout=60, resources={"metadata": {"path": str(tmp_path)}}
        )
        with client.setup_kernel():
            yield Run(client)

    return start
