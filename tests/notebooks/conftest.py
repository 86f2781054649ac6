# SPDX-License-Identifier: MIT
"""The notebooks of the built site, and kernels to run them in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.kernels import Run


@pytest.fixture
def notebook(site: Path):
    """`notebook("inputs", "solved")` reads one from the built site."""

    def read(name: str, kind: str):
        path = site / "notebooks" / f"{name}_{kind}" / f"{name}_{kind}.ipynb"
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)

    return read


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`with running(notebook) as run:` starts a kernel in an empty folder."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")  # of the kernel's own, before it begins

    @contextmanager
    def start(notebook) -> Iterator[Run]:
        client = NotebookClient(
            copy.deepcopy(notebook), timeout=60, resources={"metadata": {"path": str(tmp_path)}}
        )
        with client.setup_kernel():
            yield Run(client)

    return start
