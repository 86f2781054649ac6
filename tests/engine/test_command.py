# SPDX-License-Identifier: MIT
"""`python -m engine` runs, shows, checks and writes, and reports problems by its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from engine.model.problem import Problem
from engine.reporter import Reporter
from tests.support.in_process import engine
from tests.support.sample import Sample


def engine_in_a_process(
    sample: Sample, root: Path, *arguments: str, encoding: str = "utf-8", stdout: int = PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": encoding},
        stdout=stdout,
        stderr=PIPE,
        encoding=encoding,
        check=False,
    )


@pytest.mark.slow
def test_the_command_prints_what_ran_and_how_long_it_took(sample: Sample, root: Path) -> None:
    sample.section("print(1)")
    done = engine_in_a_process(sample, root)
    assert done.returncode == 0, done.stderr
    ran, summary = done.stdout.splitlines()
    assert ran.split()[0] == "one"
    assert ran.endswith(" s")
    assert summary.startswith("Ran 1 of 1 snippets in ")
    assert "Ran 0 of 1 snippets" in engine_in_a_process(sample, root).stdout


def test_a_problem_is_printed_and_sets_the_exit_status(sample: Sample) -> None:
    sample.section("raise ValueError('no')")
    done = engine(sample)
    assert done.returncode == 1
    assert 'snippets/one.py:2: in section "part": ValueError: no' in done.stderr
    assert "1 to mend." in done.stdout


def test_a_hint_that_no_blank_of_a_notebook_uses_is_reported_by_run_and_show(
    sample: Sample,
) -> None:
    sample.snippet("# --8<-- [start:part]\nx = 1\n# --8<-- [end:part]\n")
    checks = "# --8<-- [start:part] hidden\nprint(1)\n# --8<-- [end:part]\n"
    sample.snippet(f'# checks: one\nHINTS = {{"x": "one", "y": "two"}}\n{checks}', "checks")
    folded = '??? note "Folded"\n\n    !!! note\n\n        ::: one: part\n'
    sample.page(f"---\nnotebook: full\n---\n\n# A\n\n{folded}")
    sample.page("# Other\n", "other")
    for arguments in (), ("show", "docs/page.md"):
        done = engine(sample, *arguments)
        assert done.returncode == 1
        for name in "xy":
            assert f'snippets/checks.py:1: there is a hint for "{name}"' in done.stderr
        assert 'snippets/checks.py:3: the check "part" comes after no section' in done.stderr
    assert engine(sample, "show", "docs/other.md").returncode == 0


@pytest.mark.slow
def test_check_fails_on_an_output_that_differs(sample: Sample) -> None:
    sample.section("import random\nprint(random.random())")
    done = engine(sample, "check")
    assert done.returncode == 1
    assert "prints something else in a second run" in done.stderr


@pytest.mark.slow
def test_check_lets_measured_outputs_differ(sample: Sample) -> None:
    path = sample.section("import random\nprint(random.random())")
    path.write_text(f"# measured: a time, say\n{path.read_text()}")
    done = engine(sample, "check")
    assert done.returncode == 0, done.stderr


def test_clean_deletes_the_results(sample: Sample) -> None:
    sample.section("print(1)")
    engine(sample)
    assert engine(sample, "clean").returncode == 0
    assert not (sample.root / ".cache/runs").exists()


@pytest.mark.slow
def test_outside_of_a_project_the_command_says_where_to_run_it(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "run this in the project's folder" in done.stderr


def test_snippets_run_before_there_is_any_page(sample: Sample) -> None:
    sample.section("print(1)")
    (sample.root / "docs").rmdir()
    done = engine(sample)
    assert done.returncode == 0, done.stderr
    assert "Ran 1 of 1 snippets" in done.stdout


@pytest.mark.slow
def test_a_closed_standard_output_is_not_an_error(sample: Sample, root: Path) -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    done = engine_in_a_process(sample, root, stdout=ours)
    os.close(ours)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.slow
def test_a_full_standard_output_is_reported_and_does_not_end_the_run(
    sample: Sample, root: Path
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    done = engine_in_a_process(sample, root, stdout=full)
    os.close(full)
    said = "Standard output cannot be written (No space left on device).\n"
    assert (done.returncode, done.stderr) == (0, said)


@pytest.mark.slow
def test_a_name_that_the_terminal_cannot_encode_is_escaped(sample: Sample, root: Path) -> None:
    sample.section("print(1)", "é")
    done = engine_in_a_process(sample, root, encoding="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("\\xe9 ")


def test_a_page_is_shown_as_the_generator_gets_it(sample: Sample) -> None:
    sample.section("print('printed')\nx = 3")
    sample.page("::: output one: part\n\nIt is {{ one: x }}.\n")
    done = engine(sample, "show", "docs/page.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == '``` text title="Output"\nprinted\n```\n\nIt is 3.\n'
    done = engine(sample, "show", "docs/pag.md")
    assert done.returncode == 1
    assert "docs/pag.md: there is no such page below docs/; pages are: docs/page.md" in done.stderr


def test_everything_that_a_generator_needs_is_written_to_one_folder(sample: Sample) -> None:
    sample.section("x = 3")
    sample.page("It is {{ one: x }}.\n")
    (sample.root / "docs/assets").mkdir()
    (sample.root / "docs/assets/site.css").write_text("p {}")
    assert engine(sample, "write").returncode == 0
    written = sample.root / ".cache/docs"
    assert (written / "page.md").read_text().endswith("---\n\nIt is 3.\n")
    assert (written / "assets/site.css").read_text() == "p {}"
    (sample.root / "docs/assets/site.css").write_text("b {}")
    (sample.root / "docs/page.md").write_text("Nothing.\n")
    assert engine(sample, "write").returncode == 0
    assert (written / "assets/site.css").read_text() == "b {}"
    assert (written / "page.md").read_text().endswith("---\n\nNothing.\n")


def test_a_server_calls_a_warning_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    mistake, doubt = Problem("docs/a.md:1", "no such section"), Problem("snippets/a.py:2", "noisy")
    Reporter(serving=True).report([mistake], [doubt])
    assert capsys.readouterr().err.splitlines() == [
        "ERROR    -  docs/a.md:1: no such section",
        "WARNING  -  snippets/a.py:2: noisy",
    ]
