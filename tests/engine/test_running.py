# SPDX-License-Identifier: MIT
"""How a snippet is run, and what becomes of one that misbehaves."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.engine.conftest import Sample


def test_what_a_section_prints_is_its_output_alone(sample: Sample) -> None:
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


def test_what_c_code_and_subprocesses_print_is_kept_in_order(sample: Sample) -> None:
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


def test_future_imports_hold_for_the_whole_file(sample: Sample) -> None:
    assert (
        sample.printed("from __future__ import annotations\ndef f(x: nowhere): ...\nprint(1)")
        == "1\n"
    )


def test_nothing_leaks_from_one_snippet_to_the_next(sample: Sample) -> None:
    spoil = """
        import builtins, locale, os, random, sys
        import matplotlib, numpy, torch
        random.seed(5); numpy.random.seed(5); torch.manual_seed(5)
        torch.set_printoptions(precision=1); numpy.set_printoptions(precision=1)
        torch.set_default_dtype(torch.float64); torch.set_num_threads(2)
        matplotlib.rcParams["font.size"] = 99
        os.environ["SPOILED"] = "yes"
        os.chdir("/")
        builtins.spoiled = True
        sys.path.insert(0, "/spoiled")
    """
    look = """
        import builtins, os, sys
        import matplotlib, numpy, torch
        print(torch.rand(2), numpy.random.get_state()[1][:2].tolist() != [5, 5], torch.tensor(1 / 3))
        print(torch.get_default_dtype(), torch.get_num_threads(), matplotlib.rcParams["font.size"])
        print("SPOILED" in os.environ, os.getcwd() == "/", hasattr(builtins, "spoiled"), "/spoiled" in sys.path)
    """
    sample.section(look, "a_before")
    sample.section(spoil, "b_spoils")
    sample.section(look, "c_after")
    assert not sample.refresh().problems
    before, after = sample.output("a_before/part.txt"), sample.output("c_after/part.txt")
    assert before == after
    assert before.endswith("False False False False\n")


def test_the_authors_environment_does_not_reach_a_snippet(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "1")
    sample.pool.close()  # the next worker is started from this environment
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


def test_a_figure_without_a_title_is_refused(sample: Sample) -> None:
    assert "a figure needs a title" in sample.problem(
        "import matplotlib.pyplot as plt\nplt.subplots()"
    )


def test_escape_codes_and_bad_bytes_are_shown_and_not_obeyed(sample: Sample) -> None:
    printed = sample.printed("import os\nos.write(1, b'\\x1b[31mred\\xff\\x00\\r\\n')")
    assert printed == "\\x1b[31mred\ufffd\\x00\n"


def test_an_exception_is_told_with_line_section_pages_and_calls(sample: Sample) -> None:
    sample.snippet("def half(x):\n    return x / 0\n", "helper")
    sample.section("from snippets.helper import half\n\nhalf(1)")
    sample.page("{{ one: 1 }}")
    problem = sample.problem()
    assert problem.startswith("snippets/helper.py:2: ZeroDivisionError: division by zero")
    assert "snippets/one.py:4 in <module>: half(1)" in problem
    assert "shown by docs/page.md" in problem


def test_an_endless_recursion_is_told_in_a_few_lines(sample: Sample) -> None:
    problem = sample.problem("def f():\n    f()\n\nf()")
    assert "snippets/one.py:3: in section" in problem
    assert "RecursionError" in problem
    assert "more calls" in problem
    assert problem.count("\n") < 15


def test_the_section_that_raises_is_named(sample: Sample) -> None:
    assert sample.problem("x = 1\nraise ValueError('no')").startswith(
        'snippets/one.py:3: in section "part": ValueError: no'
    )


def test_a_syntax_error_is_told_with_its_line(sample: Sample) -> None:
    assert sample.problem("x = (").startswith(
        "snippets/one.py:2: in section \"part\": SyntaxError: '(' was never closed"
    )


def test_an_exit_is_no_success(sample: Sample) -> None:
    assert 'one.py:3: in section "part": the snippet exits' in sample.problem(
        "import sys\nsys.exit(0)"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import os\nos._exit(0)", 'one.py:3: section "part" ended its process (exit status 0)'),
        ("import os\nos.kill(os.getpid(), 9)", 'one.py:3: section "part" was killed by SIGKILL'),
        ("import ctypes\nctypes.string_at(0)", 'one.py:3: section "part" was killed by SIGSEGV'),
        ("while True: print('x' * 1000)", 'one.py:2: section "part" prints without end'),
    ],
)
def test_a_process_that_is_gone_is_told_with_its_line(
    sample: Sample, body: str, message: str
) -> None:
    assert message in sample.problem(body)
    assert sample.printed("print('the next one runs')") == "the next one runs\n"


def test_a_snippet_that_hangs_is_ended_where_it_hangs(sample: Sample) -> None:
    problem = sample.problem(
        "# timeout: 1 s\nimport time\n\ndef wait():\n    time.sleep(100)\n\nwait()"
    )
    assert 'snippets/one.py:6: section "part" runs longer than 1 s' in problem
    assert "# timeout: 2 s" in problem


def test_what_a_snippet_started_ends_with_it(sample: Sample, tmp_path: Path) -> None:
    printed = sample.printed("import subprocess\nprint(subprocess.Popen(['sleep', '1000']).pid)")
    pid = int(printed)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    pytest.fail("the subprocess lives on")


def test_a_fork_of_the_snippet_reports_once(sample: Sample) -> None:
    printed = sample.printed("import os\nif os.fork():\n    os.wait()\nprint('here')")
    assert printed.count("here") == 2


def test_printing_outside_any_section_is_refused(sample: Sample) -> None:
    sample.snippet("print(1)\n# --8<-- [start:a] hidden\nx = 1\n# --8<-- [end:a]\n")
    assert "snippets/one.py:2: the snippet prints outside any section" in sample.problem()


def test_a_section_that_cuts_a_statement_is_refused(sample: Sample) -> None:
    sample.snippet("# --8<-- [start:a]\ndef f():\n    x = 1\n# --8<-- [end:a]\n    return x\n")
    sample.page('``` py\n--8<-- "one.py:a"\n```\n')
    assert 'section "a" cuts the statement of lines 2 to 5 in two' in sample.problem()


def test_a_warning_is_reported_and_kept(sample: Sample) -> None:
    sample.section("import warnings\nwarnings.warn('careful')")
    for _ in range(2):
        (warning,) = sample.refresh().warnings
        assert "wrote to standard error" in str(warning)
        assert "careful" in str(warning)


def test_a_snippet_that_writes_files_leaves_the_project_alone(sample: Sample) -> None:
    before = sorted(sample.root.rglob("*.txt"))
    assert sample.printed("open('scratch.txt', 'w').write('x')\nprint('ok')") == "ok\n"
    assert list(sample.root.rglob("scratch.txt")) == before
