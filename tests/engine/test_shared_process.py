# SPDX-License-Identifier: MIT
"""Programs that are proved share a process, and none of them can tell."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from engine.model.result import Job, Result
from engine.model.snippet import Section
from engine.run import worker
from engine.run.state import state

CHANGES = (
    "import torch; torch.manual_seed(3)",
    "import random; random.seed(3)",
    "import numpy; numpy.random.seed(3)",
    "import torch; torch.set_printoptions(precision=2)",
    "import torch; torch.set_default_dtype(torch.float64)",
    "import torch; torch.set_num_threads(3)",
    "import torch; torch.set_grad_enabled(False)",
    "import torch; torch.Tensor.sum = torch.Tensor.mean",
    "import torch; torch.nn.functional.softmax = torch.sum",
    "import numpy; numpy.set_printoptions(precision=2)",
    "import matplotlib; matplotlib.rcParams['font.size'] = 20",
    "import os; os.environ['MORE'] = '1'",
    "import locale; locale.setlocale(locale.LC_ALL, 'C')",
    "import warnings; warnings.simplefilter('ignore')",
    "import builtins; builtins.print = lambda *_: None",
    "import sys; sys.setrecursionlimit(5000)",
    "import threading, time; threading.Thread(target=time.sleep, args=[60]).start()",
    "import subprocess; subprocess.Popen(['sleep', '60'])",
    "open('left.txt', 'w').close()",
)


def run(folder: Path, *programs: str) -> tuple[list[Result], list[str]]:
    """Runs programs in one child; returns the results that count, and the stems of the rest."""
    state()  # imports what it looks at, as the worker does
    jobs = []
    for number, text in enumerate(programs):
        whole = [Section("program", 0, 1 << 30)]
        jobs.append(Job(str(number), "", "", whole, {}, 2, program=text + "\n"))
    one = worker.start(jobs, str(folder / "scratch"), os.open(os.devnull, os.O_WRONLY))
    while (results := worker.look_after(one)) is None:
        time.sleep(0.01)
    return results, [job.stem for job in jobs[len(results) :]]


def printed(result: Result) -> str:
    assert not result.problems
    return result.sections["program"].text


def test_programs_that_leave_no_trace_run_one_after_the_other(tmp_path: Path) -> None:
    text = "import torch, os\nprint(os.listdir(), __name__, sorted(globals())[-2:])"
    results, rest = run(tmp_path, *[text] * 3)
    assert [result.stem for result in results] == ["0", "1", "2"]
    assert not rest
    assert {printed(r) for r in results} == {"[] __main__ ['os', 'torch']\n"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_process_that_a_program_changed_is_not_used_again(change: str, tmp_path: Path) -> None:
    results, rest = run(tmp_path, change, "print('next')")
    assert [r.stem for r in results] == ["0"]
    assert rest == ["1"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import os; os._exit(3)", "ended its process (exit status 3)"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by SIGKILL"),
        ("while True: pass", "runs longer than 2 s"),
        ("while True: print('x' * 10000)", "prints without end"),
    ],
)
def test_what_fails_in_a_used_process_is_tried_in_a_new_one(
    fault: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    (tmp_path / "first").mkdir()
    results, rest = run(tmp_path / "second", "print('fine')", fault, "print('last')")
    assert [printed(r) for r in results] == ["fine\n"]
    assert rest == ["1", "2"]
    results, rest = run(tmp_path / "first", fault, "print('last')")
    assert told in results[0].problems[0].what
    assert rest == ["1"]


def test_no_program_may_change_files_outside_its_folder(tmp_path: Path) -> None:
    results, rest = run(tmp_path, "print('fine')", "open(__file__, 'a')")
    assert [printed(r) for r in results] == ["fine\n"]
    assert rest == ["1"]


def test_a_result_that_was_cut_off_is_none(tmp_path: Path) -> None:
    job = Job("one", "", "", [], {}, 1, scratch=str(tmp_path))
    whole = json.dumps(Result("one"), default=vars)
    for size in range(len(whole)):
        Path(job.result).write_text(whole[:size], "utf-8")
        assert worker.read_result(job) is None
    Path(job.result).write_text(whole, "utf-8")
    assert worker.read_result(job) == Result("one")


def test_each_program_has_its_own_time(tmp_path: Path) -> None:
    results, rest = run(tmp_path, *["import time; time.sleep(1.2); print('done')"] * 3)
    assert [printed(r) for r in results] == ["done\n"] * 3
    assert not rest


def test_the_same_process_is_as_it_was() -> None:
    state()
    before = state()
    assert state() == before


def test_a_snippet_never_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CORES", 1)
    monkeypatch.setattr(worker, "MOST_SHARED", 8)
    waiting = [Job(str(n), "", "", [], {}, 1, program="" if n > 1 else None) for n in range(20)]
    taken = []
    while waiting:
        taken.append([int(job.stem) for job in worker.next_of(waiting)])
    assert taken == [[0], [1], [*range(2, 10)], [*range(10, 18)], [18, 19]]
