# SPDX-License-Identifier: MIT
"""Snippets run as programs, and one that misbehaves is reported and contained."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest

from engine.model.problem import Problem
from engine.model.result import Figure, Result, SectionOutput, Value
from engine.run import pool
from engine.run.capture import as_shown
from tests.support.processes import assert_ends
from tests.support.sample import Sample


def test_each_section_has_only_its_own_output(sample: Sample) -> None:
    sample.snippet(
        """
        x = 1
        # --8<-- [start:first] hidden
        print(x)
        x += 1
        print(x)
        # --8<-- [end:first]
        if __name__ == "__main__":
            # --8<-- [start:second] hidden
            for i in range(2):
                print("i", i, x)
            # --8<-- [end:second]
        """
    )
    assert not sample.refresh().problems
    assert sample.output("one/first.txt") == "1\n2\n"
    assert sample.output("one/second.txt") == "i 0 2\ni 1 2\n"


def test_a_text_between_statements_is_no_docstring(sample: Sample) -> None:
    assert sample.printed("x = 1\n'note'\nprint(__doc__)") == "None\n"
    assert sample.printed("if __name__ == '__main__':\n    'note'\n    print(__doc__)") == "None\n"
    sample.snippet("'words'\n# --8<-- [start:part] hidden\nprint(__doc__)\n# --8<-- [end:part]\n")
    assert not sample.refresh().problems
    assert sample.output("one/part.txt") == "words\n"


@pytest.mark.parametrize("changes", ["x.mul_(2)[0]", "next(counter)", "torch.rand(1)[0]"])
def test_an_expression_that_changes_what_it_shows_is_reported(sample: Sample, changes: str) -> None:
    sample.section(
        "import itertools, torch\nx, counter = torch.ones(2), itertools.count()\nprint(x[0].item())"
    )
    sample.page(f"It is {{{{ one: {changes} }}}}.")
    assert sample.problem() == (
        f"docs/page.md:1: {{{{ one: {changes} }}}}: has a different value when evaluated twice (is it "
        f"random?). Assign it to a variable in the snippet and show that variable"
    )


def test_random_numbers_of_numpy_without_a_seed_are_reported(sample: Sample) -> None:
    sample.snippet(
        "import numpy\n# --8<-- [start:part]\nprint(numpy.random.rand(2))\n# --8<-- [end:part]\n"
    )
    sample.page("::: one: part\n")
    assert "docs/page.md:1: this block cannot stand alone" in sample.problem()


def test_a_figure_that_cannot_be_drawn_is_reported_with_its_section(sample: Sample) -> None:
    told = sample.problem(
        "import matplotlib.pyplot as plt\nfigure, _ = plt.subplots(num='A')\nfigure.description = 5"
    )
    assert told.startswith(
        "snippets/one.py:1: section \"part\": the figure 'A' cannot be drawn: TypeError"
    )


def test_a_snippet_may_be_in_deeply_nested_folders(sample: Sample) -> None:
    stem = "/".join(["abcdefghijklmnopqrstuvwxyz"] * 12) + "/one"
    sample.section("print(1)", stem)
    assert not sample.refresh().problems
    assert sample.output(f"{stem}/part.txt") == "1\n"


@pytest.mark.slow
def test_a_stopped_worker_is_killed(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHUTDOWN_TIMEOUT", 0.1)
    sample.engine.pool = pool.Pool()
    sample.printed("print(1)")
    process = sample.engine.pool.start()[0].process
    os.kill(process.pid, signal.SIGSTOP)
    sample.engine.close()
    assert process.returncode == -signal.SIGKILL


def test_output_of_c_code_and_subprocesses_is_kept_in_order(sample: Sample) -> None:
    printed = sample.printed(
        """
        import ctypes, os, subprocess, sys
        print("python")
        sys.stdout.flush()
        ctypes.CDLL(None).puts(b"c")
        ctypes.CDLL(None).fflush(None)
        os.write(1, b"descriptor\\n")
        subprocess.run(["echo", "subprocess"])
        print("end")
        """
    )
    assert printed == "python\nc\ndescriptor\nsubprocess\nend\n"


def test_a_snippet_is_the_main_program(sample: Sample) -> None:
    printed = sample.printed(
        """
        import dataclasses, pickle, sys

        @dataclasses.dataclass
        class Point:
            x: int

        print(__name__, __file__ == sys.argv[0], pickle.loads(pickle.dumps(Point(3))))
        """
    )
    assert printed == "__main__ True Point(x=3)\n"


def test_a_snippet_knows_its_docstring(sample: Sample) -> None:
    assert sample.printed('"""What it is about."""\nprint(__doc__)') == "What it is about.\n"


def test_future_imports_hold_for_the_whole_file(sample: Sample) -> None:
    assert (
        sample.printed("from __future__ import annotations\ndef f(x: nowhere): ...\nprint(1)")
        == "1\n"
    )


@pytest.mark.slow
def test_the_authors_environment_does_not_reach_a_snippet(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "1")
    sample.pool.close()  # the next worker inherits this environment
    assert sample.printed("import os\nprint(os.environ.get('MY_SECRET'))") == "None\n"


def test_figures_of_a_section_become_svg_in_order(sample: Sample) -> None:
    sample.section(
        """
        import matplotlib.pyplot as plt
        plt.subplots(num="One")
        plt.subplots(num="Two")
        """
    )
    assert not sample.refresh().problems
    assert "One" in sample.output("one/part.svg")
    assert "Two" in sample.output("one/part_2.svg")


def test_an_exception_is_reported_with_line_section_pages_and_calls(sample: Sample) -> None:
    sample.snippet("def half(x):\n    return x / 0\n", "helper")
    sample.section("from snippets.helper import half\n\nhalf(1)")
    sample.page("{{ one: 1 }}")
    problem = sample.problem()
    assert problem.startswith("snippets/helper.py:2: ZeroDivisionError: division by zero")
    assert "snippets/one.py:4 in <module>: half(1)" in problem
    assert "shown by docs/page.md" in problem


@pytest.mark.parametrize(
    "start",
    [
        "Popen(['sleep', '1000'])",
        "Popen(['sleep', '1000'], start_new_session=True)",
        "run('setsid sleep 1000 >/dev/null & echo $!', shell=True, stdout=-1)",
    ],
)
def test_processes_started_by_a_snippet_end_with_it(sample: Sample, start: str) -> None:
    pid = int(
        sample.printed(
            f"# measured: the number of a process\nimport subprocess\nstarted = subprocess.{start}\n"
            "print(getattr(started, 'pid', None) or started.stdout.decode())"
        )
    )
    assert_ends(pid)


def test_a_warning_is_reported_and_kept(sample: Sample) -> None:
    sample.section("import warnings\nwarnings.warn('careful')")
    for _ in range(2):
        (warning,) = sample.refresh().warnings
        assert "wrote to standard error" in str(warning)
        assert "careful" in str(warning)


def test_a_warning_of_the_compiler_reaches_each_snippet_that_imports_it(sample: Sample) -> None:
    sample.snippet("same = 1 is 1\n", "odd")
    for stem in ("one", "two"):
        sample.section("from snippets.odd import same\nprint(same)", stem)
    told = [str(warning) for warning in sample.refresh().warnings]
    assert len(told) == 2
    assert all("odd.py:1: SyntaxWarning" in one for one in told)


def test_an_error_within_an_installed_package_is_reported_at_the_snippets_line(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = sample.root / ".venv/lib/package.py"
    package.parent.mkdir(parents=True)
    package.write_text("def fails():\n    raise ValueError('no')\n")
    told = sample.problem(
        f"import sys\nsys.path.append({str(package.parent)!r})\nimport package\n\npackage.fails()"
    )
    assert told.startswith('snippets/one.py:6: in section "part": ValueError: no')
    assert ".venv" not in told


def test_an_error_in_evaluated_code_is_reported_at_the_line_of_the_call(sample: Sample) -> None:
    assert sample.problem("x = 1\neval('1 +')").startswith("snippets/one.py:3: in section")


def test_a_breakpoint_is_reported(sample: Sample) -> None:
    told = sample.problem("x = 1\nbreakpoint()")
    assert told.startswith("snippets/one.py:3: ") and "take it out" in told


def test_prints_and_subprocess_output_keep_their_order(sample: Sample) -> None:
    body = "import subprocess\nprint('first')\nsubprocess.run(['echo', 'second'])\nprint('third')"
    assert sample.printed(body) == "first\nsecond\nthird\n"


@pytest.mark.slow
def test_abandoned_results_are_not_returned_by_the_next_run(sample: Sample) -> None:
    for stem in ("one", "two", "three"):
        sample.section("print(1)", stem)
    jobs = [sample.engine.job(snippet) for snippet in sample.refresh().snippets.values()]
    results = sample.pool.run(jobs)
    first = next(results).stem
    results.close()
    again = sample.pool.run([job for job in jobs if job.stem == first])
    assert [result.stem for result in again] == [first]


def test_figures_of_two_snippets_share_no_id(sample: Sample) -> None:
    drawn = "import matplotlib.pyplot as plt\nplt.subplots(num='A')"
    for stem, section in (("a-b", "c"), ("a/b", "c"), ("a", "b-c")):
        sample.section(drawn, stem, section)
    assert not sample.refresh().problems
    files = ("a-b/c.svg", "a/b/c.svg", "a/b-c.svg")
    ids = [one for name in files for one in re.findall(r' id="([^"]+)"', sample.output(name))]
    assert len(ids) == len(set(ids)) >= 6


def test_long_standard_error_is_shortened(sample: Sample) -> None:
    sample.section("import sys\nsys.stderr.write('first' + 'x' * 10**5 + 'last')")
    (warning,) = map(str, sample.refresh().warnings)
    assert len(warning) < 11_000 and "… (100009 characters) …" in warning
    assert "first" in warning and "last" in warning


def test_a_long_line_in_a_traceback_is_shortened(sample: Sample) -> None:
    told = sample.problem(f"1 / 0  # {'x' * 10**5}")
    assert len(told) < 1_000 and "… (100009 characters) …" in told


def test_long_last_words_of_a_process_are_shortened(sample: Sample) -> None:
    told = sample.problem("import os\nos.write(2, b'x' * 10**5 + b'last')\nos._exit(3)")
    assert len(told) < 11_000 and "… (100004 characters) …" in told and "last" in told


def test_the_else_branch_of_the_main_guard_does_not_run(sample: Sample) -> None:
    sample.snippet(
        """
        if __name__ == "__main__":
            # --8<-- [start:part] hidden
            print("here")
            # --8<-- [end:part]
        else:
            print("elsewhere")
        """
    )
    assert not sample.refresh().problems
    assert sample.output("one/part.txt") == "here\n"


def test_a_result_survives_being_written_as_json() -> None:
    figure = Figure("<figure/>", "d")
    result = Result(
        "one",
        {"part": SectionOutput("1\n", [figure])},
        {"x": Value("1", None, "1\n2", (figure,)), "y": Value(error="no")},
        {"data.csv": [1, 2, 3], "gone.csv": None},
        {"torch": "2"},
        {"part": ["x"]},
        "careful",
        0.5,
        [Problem("one.py:1", "no", "one", ("docs/page.md",))],
    )
    assert Result.of(json.loads(json.dumps(result, default=vars))) == result


def test_a_section_inside_a_statement_is_reported_with_its_lines(sample: Sample) -> None:
    for kind, head in (
        ("with", "import contextlib\nwith contextlib.nullcontext():"),
        ("class", "'text'\nclass Net:"),
        ("function", "'text'\ndef f():"),
    ):
        sample.snippet(
            f"{head}\n    # --8<-- [start:part] hidden\n    print('in')\n    # --8<-- [end:part]\n"
        )
        told = sample.problem()
        assert told.startswith('snippets/one.py:3: section "part" begins inside the ')
        assert f"{kind} of lines 2 to" in told and "a section must contain whole statements" in told


def test_a_figure_that_a_later_section_changes_is_reported(sample: Sample) -> None:
    sample.snippet(
        "# --8<-- [start:first] hidden\nimport matplotlib.pyplot as plt\n"
        "fig, ax = plt.subplots(num='Grows')\nax.plot([1, 2])\n# --8<-- [end:first]\n"
        "# --8<-- [start:second] hidden\nax.plot([2, 1])\n# --8<-- [end:second]\n"
    )
    assert sample.problem().startswith(
        'snippets/one.py:6: section "second" changes the figure \'Grows\', which section "first" has'
    )


def test_a_data_file_beside_the_snippet_is_reported_with_the_working_folder(sample: Sample) -> None:
    (sample.root / "snippets/data.csv").write_text("a,1\n")
    told = sample.problem("print(open('data.csv').read())")
    assert "A snippet runs in an empty folder of its own" in told
    assert "Path(__file__).with_name('data.csv')" in told


def test_a_sibling_import_is_reported_with_the_right_one(sample: Sample) -> None:
    sample.snippet("def f(): pass\n", "group/helper")
    sample.section("from helper import f", "group/one")
    assert "from snippets.group.helper import …" in sample.problem()


def test_a_package_on_a_dropped_path_is_reported(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = sample.root.parent / f"{sample.root.name}-path"
    away.mkdir()
    (away / "elsewhere.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(away))
    told = sample.problem("import elsewhere")
    assert "PYTHONPATH has it, which snippets run without: install it" in told


def test_warnings_that_the_engine_causes_are_not_reported(sample: Sample) -> None:
    sample.section(
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(num='A')\naxes.plot([1, 2])\n"
        "plt.tight_layout()\nplt.show()"
    )
    report = sample.refresh()
    assert [*report.problems, *report.warnings] == []


def test_a_warning_is_reported_at_the_line_that_it_names(sample: Sample) -> None:
    sample.section("import warnings\nx = 1\nwarnings.warn('careful')")
    (warning,) = map(str, sample.refresh().warnings)
    assert warning.startswith(
        "snippets/one.py:4: wrote to standard error:\nsnippets/one.py:4: UserW"
    )


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (r"1%\r50%\r100%\n", "100%\n"),
        (r"long\r\x1b[Kab\r\n", "ab\n"),
        (r"\x1b[1;32mok\x1b[0m\n", "ok\n"),
        (r"\x1b]0;title\x07ok\n", "ok\n"),
        (r"\a\n", "\\x07\n"),
    ],
)
def test_text_is_shown_as_a_terminal_shows_it(printed: str, shown: str) -> None:
    text = printed.encode().decode("unicode_escape")
    assert as_shown(text) == shown
