# SPDX-License-Identifier: MIT
"""Run commands in this process, because a new process would have to import torch first."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from mkdocs.__main__ import cli as mkdocs_cli
from mkdocs.utils import DuplicateFilter

from engine import cli as engine_cli
from engine.model.result import Job, Result
from engine.run.pool import Pool
from tests.support.sample import Sample


@dataclass(frozen=True)
class Done:
    """The result of a command, with the field names of `subprocess`."""

    returncode: int
    stdout: str
    stderr: str


def mkdocs(sample: Sample, *arguments: str, **variables: str) -> Done:
    """Run MkDocs' own command line in the folder of a sample."""
    for name in list(logging.root.manager.loggerDict):
        for one in logging.getLogger(name).filters:
            if isinstance(one, DuplicateFilter):
                one.msgs.clear()  # it drops repeated errors for the life of the process
    with in_folder_of(sample, SOURCE_DATE_EPOCH="0", **variables):
        done = CliRunner().invoke(mkdocs_cli, arguments, prog_name="mkdocs")
    crash = ""
    if done.exception and not isinstance(done.exception, SystemExit):
        crash = "".join(traceback.format_exception(done.exception))
    return Done(done.exit_code, done.stdout, done.stderr + crash)


def engine(sample: Sample, *arguments: str) -> Done:
    """Run `python -m engine` in the folder of a sample."""
    out, err = io.StringIO(), io.StringIO()
    with in_folder_of(sample), redirect_stdout(out), redirect_stderr(err):
        status = engine_cli.main(list(arguments))
    return Done(status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def in_folder_of(sample: Sample, **variables: str) -> Iterator[None]:
    """Enter the folder, import modules from it, and lend its worker to every engine made there."""
    before = set(sys.modules)
    path = [*sys.path, str(sample.root)]
    with (
        patch("engine.build.Pool", lambda **seed: Pool(**seed) if seed else Lent(sample.pool)),
        patch.dict(os.environ, variables),
        patch.object(sys, "path", path),
        contextlib.chdir(sample.root),
    ):
        try:
            yield
        finally:
            for name in set(sys.modules) - before:
                file = getattr(sys.modules[name], "__file__", None)
                if file and Path(file).is_relative_to(sample.root):
                    del sys.modules[name]


class Lent:
    """The worker of all samples. It survives the closing of an engine that borrows it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def start(self) -> object:
        return self.pool.start()

    def run(self, jobs: list[Job]) -> Iterator[Result]:
        return self.pool.run(jobs)

    def close(self) -> None: ...
