# SPDX-License-Identifier: MIT
"""A faulty snippet is reported with its file and line, and changes nothing else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from engine.model.build import Build
from engine.run.pool import Pool
from tests.faults.faults import FAULTS, SECTIONS, Fault, section
from tests.support.sample import Sample, outputs_of

pytestmark = pytest.mark.slow

NEIGHBOR = """
    import builtins, locale, os, random, sys
    import matplotlib, numpy, torch
    print(torch.softmax(torch.ones(2), 0), torch.tensor(1 / 3), numpy.array([1 / 3]))
    print(torch.get_default_dtype(), matplotlib.rcParams["font.size"])
    print(locale.setlocale(locale.LC_ALL), sorted(os.environ), os.listdir("."))
    print(os.path.basename(os.getcwd()), builtins.print is print, sys.getrecursionlimit())
"""


class Broken:
    """A project with all faults and a good snippet, built with the faults and when repaired."""

    def __init__(self, folder: Path, pool: Pool) -> None:
        self.sample = Sample(folder, pool)
        self.write("neighbor", section(NEIGHBOR))
        self.alone = self.built(self.sample.refresh(), "neighbor")
        for fault in FAULTS:
            self.write(fault.stem, fault.text)
            for stem, text in fault.beside.items():
                self.write(stem, text.encode())
        self.report = self.sample.refresh()
        self.left = started_by(pool)
        self.outputs = {fault.stem: self.built(self.report, fault.stem) for fault in FAULTS}
        self.beside = self.built(self.report, "neighbor")
        self.files = {path.name for path in (folder / "docs").iterdir()}
        (folder / "snippets/neighbor.py").write_bytes(section(NEIGHBOR + "\n\n"))
        for fault in FAULTS:
            for stem in fault.beside:
                (folder / f"snippets/{stem}.py").unlink()
            self.write(fault.stem, section(f"print('mended', {fault.name!r})"))
        self.sample.fresh_engine()
        self.mended = self.sample.refresh()
        self.after = {fault.stem: self.built(self.mended, fault.stem) for fault in FAULTS}
        self.after_neighbor = self.built(self.mended, "neighbor")

    def write(self, stem: str, text: bytes) -> None:
        (self.sample.root / f"snippets/{stem}.py").write_bytes(text)

    def built(self, report: Build, stem: str) -> str | None:
        result = report.results.get(stem)
        return outputs_of(result).get("part.txt") if result else None

    def told(self, fault: Fault) -> list[str]:
        stems = {fault.stem, *fault.beside}
        problems = [*self.report.problems, *self.report.warnings]
        return [
            str(problem)
            for problem in problems
            if problem.snippet in stems or f"/{fault.stem}.py:" in problem.where
        ]


def started_by(pool: Pool) -> list[str]:
    """Return the commands of processes that work in a snippet's folder, whoever their parent is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended, or another user's
            folder = os.readlink(process / "cwd")
            if any(f"/snippet-worker_{worker.process.pid}_" in folder for worker in pool.workers):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Broken:
    return Broken(tmp_path_factory.mktemp("broken"), pool)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_faulty_snippet_is_reported_or_does_no_harm(broken: Broken, fault: Fault) -> None:
    told = broken.told(fault)
    if fault.prints is not None:
        assert (told, broken.outputs[fault.stem]) == ([], fault.prints)
    else:
        assert len(told) == 1 or fault in SECTIONS  # one wrong marker can break further sections
        message = told[0]
        for words in fault.told:
            assert words.format(file=f"snippets/{fault.stem}.py") in message
        assert message.count("\n") < 15
    assert broken.after[fault.stem] == f"mended {fault.name}\n"


def test_a_neighbor_prints_the_same_as_alone(broken: Broken) -> None:
    assert broken.alone is not None
    assert broken.alone == broken.beside == broken.after_neighbor
    assert broken.files == set()


def test_no_process_of_a_snippet_outlives_it(broken: Broken) -> None:
    assert broken.left == []


def test_repaired_snippets_have_no_messages(broken: Broken) -> None:
    assert [str(p) for p in [*broken.mended.problems, *broken.mended.warnings]] == []
