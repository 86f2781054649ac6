# SPDX-License-Identifier: MIT
import runpy

from snippets.real_attention.function import dropout


def test_the_function_gives_two_answers(capsys):
    runpy.run_path(dropout.__file__, run_name="__main__")
    first, second = capsys.readouterr().out.splitlines()
    assert first.removeprefix("call 1") != second.removeprefix("call 2")
