# SPDX-License-Identifier: MIT
"""Builds survive kills, other builds at the same time, and changes of files and of the clock."""

from __future__ import annotations

import errno
import functools
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.build import Engine
from engine.cache.store import Store
from engine.model.build import Build
from engine.model.problem import EngineError
from engine.model.project import Project
from engine.model.result import Job, Result
from engine.run.guard import stamp_of
from engine.run.pool import Pool
from tests.support.mkdocs import CONFIG, Served
from tests.support.processes import assert_ends
from tests.support.sample import Sample, outputs_of

KILLS = 60
SNIPPETS = 6


class Replayed(Pool):
    """Replays the results of a real worker, so that many builds take only seconds."""

    def __init__(self, results: dict[str, Result]) -> None:
        super().__init__()
        self.results = results

    def start(self) -> None: ...

    def run(self, jobs: list[Job]) -> Iterator[Result]:
        for job in jobs:
            result = self.results[job.stem]
            opened = {name: stamp_of(Path(job.root, name)) for name in result.opened}
            yield replace(result, opened=opened)


def outputs(build: Build) -> dict[str, dict[str, str]]:
    """Return the printed and drawn outputs of all snippets."""
    return {stem: outputs_of(result) for stem, result in build.results.items()}


def six(sample: Sample) -> None:
    for number in range(SNIPPETS):
        sample.section(
            f"from snippets.base import x\nprint(x, {number} * 'long ' * 2000)", f"s{number}"
        )


def moments_of(build: Callable[[], object], last: int | None = None) -> int:
    """Count the calls and returns of file functions in a build. At number `last`, kill the process.

    No clock is involved: only these calls decide what a kill leaves behind.
    """
    moments = itertools.count()

    def called(_: object, event: str, function: Any) -> None:
        if event in ("c_call", "c_return"):
            module = function.__module__ or type(function.__self__).__module__
            if module in ("posix", "_io", "fcntl") and next(moments) == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(called)
    try:
        build()
    finally:
        sys.setprofile(None)
    return next(moments)


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_a_usable_cache(sample: Sample) -> None:
    six(sample)
    real = {}
    for word in ("odd", "even"):
        sample.snippet(f"x = {word!r}\n", "base")
        build = sample.refresh()
        real[word] = build.results, outputs(build)
    assert real["odd"] != real["even"]

    def build(word: str) -> Build:
        engine = Engine(Project(sample.root))
        engine.pool = Replayed(real[word][0])
        return engine.refresh()

    sample.snippet("x = 'odd'\n", "base")
    whole = moments_of(functools.partial(build, "odd"))
    random_part, killed = random.Random(1), 0
    for number in range(KILLS):
        word = ("even", "odd")[number % 2]  # alternates, so that everything runs and is written
        sample.snippet(f"x = {word!r}  # {number}\n", "base")
        last = int((number + random_part.random()) * whole / KILLS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about forking with threads
            pid = os.fork()
        if not pid:
            try:
                moments_of(functools.partial(build, word), last)
            finally:
                os._exit(0)
        killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        report = build(word)
        assert report.problems == []
        assert outputs(report) == real[word][1]
    assert killed > 0.9 * KILLS, "a build touches fewer files than it did"
    assert len(list((sample.root / ".cache").rglob("*.part"))) == 0


@pytest.mark.slow
def test_a_real_build_killed_at_work_leaves_a_usable_cache(sample: Sample, root: Path) -> None:
    sample.snippet("x = 'all'\n", "base")
    six(sample)
    want = outputs(sample.refresh())
    for number in range(2):
        sample.snippet(f"import time\nx = 'all'\ntime.sleep(0.2)  # {number}\n", "base")
        process = subprocess.Popen(
            [sys.executable, "-m", "engine"],
            cwd=sample.root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
        )
        if number % 2:
            process.stdout.readline()  # one snippet has run, the others have not
        else:
            time.sleep(0.5)
        process.kill()
        process.wait()
        process.stdout.close()
        sample.fresh_engine()
        report = sample.refresh()
        assert report.problems == []
        assert outputs(report) == want


@pytest.mark.slow
def test_a_killed_worker_is_reported_and_replaced(sample: Sample) -> None:
    begun = sample.root.parent / f"{sample.root.name}.begun"
    begun.mkdir()  # both workers run the snippet, and each run leaves a file named by its process
    sample.section(
        f"import os, time\nopen(f'{begun}/{{os.getpid()}}', 'w').close()\n"
        "os.kill(os.getppid(), 9)\ntime.sleep(1000)"
    )
    sample.section("import time\ntime.sleep(1000)", "two")
    with pytest.raises(
        EngineError,
        match=r"engine/run/worker.py:1: the worker ended \(exit status -9\) before it had run one and 1 more",
    ):
        sample.refresh()
    started = list(begun.iterdir())
    assert started
    for process in started:
        assert_ends(int(process.name))
    sample.section("print('two')", "two")
    assert sample.printed("print('right')") == "right\n"


@pytest.mark.slow
def test_an_interrupted_build_ends_the_processes_of_its_snippets(
    sample: Sample, root: Path
) -> None:
    begun = sample.root.parent / f"{sample.root.name}.begun"
    half = f"{begun}.part"
    started = "subprocess.Popen(['sleep', '1000'], start_new_session=True)"
    sample.section(
        f"import os, subprocess, time\nopen({half!r}, 'w').write(str({started}.pid))\n"
        f"os.rename({half!r}, {str(begun)!r})\ntime.sleep(30)"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "engine"],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As in a terminal: SIGINT is ignored if the tests run in the background of a shell.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not begun.exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "interrupted" in err
    assert "Traceback" not in err
    assert_ends(int(begun.read_text()))
    assert sample.printed("print('right')") == "right\n"


@pytest.mark.slow
def test_a_worker_that_is_not_terminated_still_ends() -> None:
    pool = Pool()
    processes = [worker.process for worker in pool.start()]
    for process in processes:
        process.terminate = lambda: None
    pool.close()
    assert all(process.poll() is not None for process in processes)


def test_of_three_builds_at_once_one_runs_the_snippets(sample: Sample) -> None:
    for number in range(4):
        sample.section(f"import time\ntime.sleep(0.2)\nprint({number})", f"s{number}")
    reports = []
    threads = [
        threading.Thread(target=lambda e=engine: reports.append(e.refresh()))
        for engine in [sample.fresh_engine() for _ in range(3)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(report.ran) for report in reports) == [0, 0, 4]
    for report in reports:
        sample.build = report
        printed = [sample.output(f"s{n}/part.txt") for n in range(4)]
        assert printed == ["0\n", "1\n", "2\n", "3\n"]


@pytest.mark.slow
def test_two_builds_and_a_server_work_at_once(sample: Sample, root: Path) -> None:
    (sample.root / "mkdocs.yml").write_text(CONFIG)
    page = "# A page\n\n::: output one: part\n"
    sample.section("print('first')")
    sample.page(page, "index")
    server = Served(sample, root)
    try:
        server.wait_for(lambda page: "first" in page)
        sample.section("import time\ntime.sleep(0.5)\nprint('second')")
        builds = [
            subprocess.Popen(
                [sys.executable, "-m", "engine"],
                cwd=sample.root,
                env={**os.environ, "PYTHONPATH": str(root)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = [build.communicate(timeout=60) for build in builds]
        assert [build.returncode for build in builds] == [0, 0], said
        server.wait_for(lambda page: "second" in page)
    finally:
        server.close()
    assert "Traceback" not in server.log.read_text()
    sample.fresh_engine()
    assert sample.refresh().ran == []
    assert sample.output("one/part.txt") == "second\n"


def test_an_edit_counts_when_the_clock_is_set_back(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sample.printed("print('new')") == "new\n"
    path = sample.section("print('old')")
    os.utime(path, (0, 0))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    sample.fresh_engine()
    assert [result.stem for result in sample.refresh().ran] == ["one"]
    assert sample.output("one/part.txt") == "old\n"
    sample.fresh_engine()
    assert sample.refresh().ran == []


def while_it_runs(sample: Sample, change: Callable[[int], object], times: int = 1) -> None:
    """Call `change` after a snippet has run, before the engine checks whether its files changed."""
    real = sample.pool.run

    def run(jobs: list[Job]) -> Iterator[Result]:
        nonlocal times
        results = list(real(jobs))
        if times:
            times -= 1
            change(times)
        yield from results

    sample.engine.pool = type(
        "Moved", (), {"run": staticmethod(run), "start": sample.pool.start, "close": lambda: None}
    )


def test_a_file_that_changes_during_a_run_is_run_again(sample: Sample) -> None:
    sample.snippet("x = 'old'\n", "base")
    sample.section("from snippets.base import x\nprint(x)")
    while_it_runs(sample, lambda _: sample.snippet("x = 'new'\n", "base"))
    assert sample.refresh().problems == []
    assert sample.output("one/part.txt") == "new\n"
    sample.fresh_engine()
    assert sample.refresh().ran == []


def test_a_snippet_that_changes_during_its_run_gets_the_new_program(sample: Sample) -> None:
    part = "# --8<-- [start:part]\na = 1\nprint(a)\n# --8<-- [end:part]\n"
    sample.snippet(part)
    sample.page("::: one: part\n")
    while_it_runs(sample, lambda _: sample.snippet("# A line more.\n" + part.replace("1", "2")))
    report = sample.refresh()
    assert report.problems == []
    assert list(report.programs.values()) == ["a = 2\nprint(a)\n"]


def test_a_data_file_that_changes_during_a_run_is_read_again(sample: Sample) -> None:
    data = sample.root / "snippets/data.csv"
    data.write_text("old")
    sample.section(f"print(open({str(data)!r}).read())")
    while_it_runs(sample, lambda _: data.write_text("new"))
    assert sample.refresh().problems == []
    assert sample.output("one/part.txt") == "new\n"


def test_a_full_disk_does_not_give_a_snippet_the_output_of_its_last_version(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stem in ("one", "two", "three"):
        sample.section("print('old')", stem)

    def full(store: object, run: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full)
        with pytest.raises(EngineError, match="No space left"):
            sample.refresh()
    for stem in ("one", "two", "three"):
        sample.section("print('new')", stem)
    assert sample.refresh().problems == []
    assert {sample.output(f"{stem}/part.txt") for stem in ("one", "two", "three")} == {"new\n"}


def test_a_file_that_keeps_changing_is_reported(sample: Sample) -> None:
    sample.section("print('x')")
    while_it_runs(sample, lambda n: sample.section(f"print({n})"), times=100)
    (problem,) = sample.refresh().problems
    assert (
        str(problem)
        == "snippets/one.py:1: it, or a file that it imports, keeps changing while it is run"
    )
    sample.fresh_engine()
    assert sample.printed("print('right')") == "right\n"


def test_a_file_that_is_removed_during_its_run_is_reported(sample: Sample) -> None:
    sample.section("print('there')", "two")
    path = sample.section("print('x')")
    while_it_runs(sample, lambda _: path.unlink())
    problems = list(map(str, sample.refresh().problems))
    assert problems == ["snippets/one.py:1: was removed while it was run: build again"]
    assert sample.output("two/part.txt") == "there\n"
    sample.fresh_engine()
    assert sample.refresh().problems == []


def test_hidden_files_of_editors_are_ignored(sample: Sample) -> None:
    sample.section("print('right')")
    for name in ("docs/.#page.md", "snippets/.#one.py"):  # Emacs's lock files
        (sample.root / name).symlink_to("someone@machine")
    (sample.root / "snippets/.ipynb_checkpoints").mkdir()
    (sample.root / "snippets/.ipynb_checkpoints/one-checkpoint.py").write_text("x = (")
    assert sample.refresh().problems == []
    assert sample.output("one/part.txt") == "right\n"
    assert list(sample.build.snippets) == ["one"]


def test_a_pipe_with_the_name_of_a_snippet_is_ignored(sample: Sample) -> None:
    sample.section("print('right')")
    os.mkfifo(sample.root / "snippets/pipe.py")  # reading a pipe would block
    assert sample.refresh().problems == []
    assert sample.output("one/part.txt") == "right\n"
