# SPDX-License-Identifier: MIT
"""A comment with the shape of a tensor is correct, or fails the build at its line."""

from __future__ import annotations

import ast

import pytest

from engine.run.instrument import instrument
from engine.run.shapes import ShapeChecker
from tests.support.sample import Sample

HEADER = "import torch\nq, k = torch.ones(3, 4), torch.ones(5, 4)\n"


def errors(body: str) -> list[str]:
    """Return the lines of wrong comments in a program, each with its message."""
    checker, source = ShapeChecker(), HEADER + body
    tree = ast.parse(source)
    instrument(tree, source, "program.py", checker)
    checker.install()
    exec(compile(tree, "program.py", "exec"), {"__name__": "program"})
    return [f"{line}: {error}" for (_, line), error in sorted(checker.errors.items())]


RIGHT = [
    "s = q @ k.T  # (queries, keys)",
    "s = q @ k.T  # (queries, keys), before the softmax",
    "s = q @ k.T  # (3, keys)",
    "s = q @ k.T  # (..., queries, keys)\ns = s[None]  # (..., queries, keys)",
    "s = q @ k.T  # (queries=3, keys=5)\nt = s[:2]  # (queries=2, keys=5)",
    "n, d = 2, 2\ns = q.view(3, 2, 2)  # (queries, n, d)\nt = s.flatten(1)  # (queries, n * d)",
    "t = q.flatten()  # (unknown * twice,)",
    "a, b = q[0], k[0]  # (d_k,)",
    "a, b = q, 5  # (queries, d_k)",
    "a = 'no tensor'  # (queries, keys)",
    "s = q.sum()  # ()",
    "s = [q, q]  # (2, queries, d_k)\ns = [q, q]  # (queries, d_k)",
    "s = q  # (see above)",
    "def f(x):  # (queries, d_k)\n    return x.sum(-1)  # (queries,)\nf(q)\nf(k)",
    "def f(x, y):  # (queries, d_k), (keys, d_k)\n    'text'\n    return x @ y.T\nf(q, k)",
    "def f(\n    x,  # (queries, d_k)\n    mask=None,  # (queries, keys)\n):\n    return x\nf(q)",
    "s = torch.matmul(\n    q,  # (queries, d_k)\n    k.T,  # (d_k, keys)\n)  # (queries, keys)",
    "for row in q:  # (d_k,)\n    pass",
    "# (a, comment, of, its, own)\ns = q",
    "f = torch.compile(lambda x: x, backend='eager')\ns = f(q)  # (queries, d_k)",
]


@pytest.mark.parametrize("body", RIGHT)
def test_a_right_comment_passes(body: str) -> None:
    assert errors(body) == []


WRONG = [
    ("s = q @ k.T  # (queries, d_k, keys)", "3: ", "shape (3, 5): 2 axes instead of 3"),
    ("s = q[0]  # (queries, d_k)", "3: ", "1 axis instead of 2"),
    ("s = q  # (queries, d_k)\nt = k  # (queries, d_k)", "4: ", "queries is 3 in line 3, and 5 here"),
    ("s = q @ k.T  # (queries, queries)", "3: ", "queries is 3 in line 3, and 5 here"),
    ("s = q  # (queries, 5)", "3: ", "5 is not 4"),
    ("s = q  # (queries=4, d_k)", "3: ", "queries=4 is not 3"),
    ("s = q  # (n, d)\nt = q  # (n, n * d)", "4: ", "n * d is not 4"),
    ("s = q[0]  # (..., queries, d_k)", "3: ", "1 axis instead of 2"),
    ("q *= 2  # (queries,)", "3: ", "2 axes instead of 1"),
    ("print(q)  # (queries,)", "3: ", "2 axes instead of 1"),
    ("q.mul_(2)  # (queries,)", "3: ", "2 axes instead of 1"),
    ("a, b = q, k  # (queries, d_k)", "3: ", "queries is 3 in line 3, and 5 here"),
    ("s = [q, q]  # (heads=3, queries, d_k)", "3: ", "heads=3 is not 2"),
    ("def f(x):\n    return x  # (queries,)\nf(q)", "4: ", "2 axes instead of 1"),
    ("def f(x):  # (queries,)\n    return x\nf(q)", "3: ", "2 axes instead of 1"),
    ("def f(\n    x,  # (queries,)\n    y=1,\n):\n    return x\nf(q)", "4: ", "2 axes instead of 1"),
    ("s = torch.matmul(\n    q,  # (d_k,)\n    k.T,\n)", "4: ", "2 axes instead of 1"),
    ("s = torch.matmul(\n    (q + 1),  # (d_k,)\n    k.T,\n)", "4: ", "2 axes instead of 1"),
    ("class A: pass\na = A()\na.x = q  # (queries,)", "5: ", "2 axes instead of 1"),
    ("for row in q:  # (queries, d_k)\n    pass", "3: ", "1 axis instead of 2"),
    ("if True:\n    s = q  # (queries,)", "4: ", "2 axes instead of 1"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "line", "words"), WRONG)
def test_a_wrong_comment_is_reported_with_its_line_and_both_shapes(
    body: str, line: str, words: str
) -> None:
    (told,) = errors(body)
    assert told.startswith(f"{line}the comment says (") and "the tensor has the shape (" in told
    assert words in told


def test_a_wrong_comment_fails_the_build(sample: Sample) -> None:
    told = sample.problem("import torch\nx = torch.ones(3, 4)  # (queries, keys, d_k)")
    assert told == (
        "snippets/one.py:3: the comment says (queries, keys, d_k), but the tensor has the shape "
        "(3, 4): 2 axes instead of 3"
    )


def test_a_wrong_comment_in_an_imported_function_fails_the_build(sample: Sample) -> None:
    sample.snippet("def half(x):\n    return x / 2  # (queries, keys, d_k)\n", "helper")
    told = sample.problem("import torch\nfrom snippets.helper import half\nhalf(torch.ones(2))")
    assert told.startswith("snippets/helper.py:2: the comment says (queries, keys, d_k)")


def test_the_check_changes_nothing_that_a_program_prints(sample: Sample) -> None:
    printed = sample.printed(
        """
        import sys, torch, traceback

        def f(x):  # (queries,)
            "The docstring."
            y = x  # (queries,)
            print(sorted(locals()), f.__doc__, sys._getframe().f_lineno)
            return y / None  # (queries,)

        try:
            f(torch.ones(2))
        except TypeError as error:
            print([frame.lineno for frame in traceback.extract_tb(error.__traceback__)])
        print([name for name in globals() if "shape" in name], [n for n in dir() if "shape" in n])
        """
    )
    assert printed == "['x', 'y'] The docstring. 7\n[11, 8]\n[] []\n"


@pytest.mark.slow
def test_a_compiled_function_keeps_its_comments_without_a_graph_break(sample: Sample) -> None:
    body = "import torch\n\n@torch.compile(backend='eager', fullgraph=True)\ndef f(x):  # (n,)\n"
    body += "    return x * 2  # (n,)\n\nprint(f(torch.ones(2)))"
    assert sample.printed(body) == "tensor([2., 2.])\n"
