# SPDX-License-Identifier: MIT
"""Every question has a thread, a short program, and an answer that the program confirms."""

from __future__ import annotations

import re
import runpy
from functools import cache
from textwrap import dedent

import pytest

from engine.read.snippet import read_sections
from tests.support.chapters import DOCS
from tests.support.offenders import assert_none
from tests.support.project import ROOT

PAGE = DOCS / "asked_on_github.md"
SNIPPETS = ROOT / "snippets" / "asked_on_github"
MOST_LINES = 12
MOST_COLUMNS = 54  # the width of a phone of 390 pixels
THREAD = re.compile(r"\[[\w./ -]+#\d+\]\(https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/\d+\)")
ANSWERS = {
    "masks": [
        "needs:\n tensor([[1, 1, 1, 1, 0],\n        [1, 1, 1, 1, 1]]",
        3 * "weights: tensor([1., 0., 0.])\n",
        "PyTorch upper left: True\nor lower right: False",
        "is_causal: keys seen tensor([1, 2])\nshifted: keys seen tensor([4, 5])",
        "no mask: 0.2 for the future\nmask: 0.0 for the future",
        "triu leaks: True\ntril leaks: False",
        "function, weights of key 1: tensor([1., 1.])",
        "layer, weights of key 1: tensor([0., 0.])",
        "mask:    tensor([0., 0., 1.])\nweights: tensor([0.2119, 0.2119, 0.5761])",
        "Need attn_mask if specifying the is_causal hint",
        "mended before the softmax: tensor([0., 0.])\nmended after the softmax: tensor([nan, nan])",
        "False: weight 0.0\n-inf: weight 0.0\n-3.4028234663852886e+38: weight 1.0",
        "NaN behind the mask: tensor([nan, nan])\nset to 0 before:     tensor([1., 1.])",
        "and rows: tensor([ True,  True, False])",
        "   -2.72: 0.06 0.50\n  -1e+04: 0.00 0.50\n  -1e+09: 0.00 0.50\n    -inf: 0.00 nan",
        "  -1e+09: 0.00 nan",
        "padding on the right: same True\npadding on the left: same False",
        "same: True",
    ],
    "shapes": [
        "view and transpose:\n tensor([[0, 2, 4],\n        [1, 3, 5]])",
        "transpose first: tensor([0, 1, 4, 5])",
        "batch x heads: tensor([1, 1, 1, 2, 2, 2])",
        "batch_first=True: same True\nbatch_first=False: same False",
        "equals x @ w: False\nrefused",
        "dim=1: rows sum to tensor([1.0000, 1.0000])",
        "dim=0: tensor([[1., 1., 1.]])",
        "interleave: tensor([0, 0, 1, 1])",
        "axis 2: (1, 5, 4, 8)",
    ],
    "weights": [
        "their average:\n tensor([[0.5000, 0.5000]",
        "average False: (2, 3, 3)",
        "as by hand: True",
        "outputs: tensor([0.0148, 0.0148])",
        "cosine: 1.00\ncosine: 0.96",
        "on average: 1.00",
        "two calls agree: False",
    ],
    "positions": [
        "columns [0, 1, 2, 3]: same scores False\ncolumns [0, 2, 1, 3]: same scores True",
        "backward, times [1, 1, 1, 1]: False\nbackward, times [1, -1, 1, -1]: True",
        "new token at 0: False\nnew token at 2: True",
        "distances in the cache: tensor([5, 4, 3, 2, 1])",
    ],
    "caches": [
        "token 5: True",
        "torch.float32: left 1.0078125, right 1.0078125",
        "torch.bfloat16: left 1.0, right 1.0078125",
        "table [2, 0, 1]: True\ntable [0, 0, 1]: False",
        "in use: tensor([[1., 1., 1., 1.]])",
        "3 with itself: 3 keys\n3 before it: 4 keys",
        "cache from 0: False\ncache from 3: True",
        "capped: tensor([ 9.8688, 38.0797, 48.2014, 50.0000])",
        "at most twice as far off: True",
        "factor: tensor(nan)\nfinite bound: tensor(0.)",
    ],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_programs_give_the_answers_that_the_page_puts_in_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    runpy.run_path(str(SNIPPETS / f"{name}.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert_none(f"not printed: {answer}" for answer in ANSWERS[name] if answer not in printed)
    assert_none(line for line in printed.splitlines() if len(line) > MOST_COLUMNS)


@cache
def questions() -> dict[str, str]:
    """Return the text below each question."""
    parts = re.split(r"^### (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    below = (text.partition("\n## ")[0] for text in parts[2::2])
    return dict(zip(parts[1::2], below, strict=True))


def test_there_are_forty_questions_with_one_thread_and_one_program_each() -> None:
    assert len(questions()) >= 40
    assert_none(
        f"{question}: {text}"
        for question, text in questions().items()
        if len(THREAD.findall(text.split("\n\n")[1])) != 1 or text.count("\n::: ") != 1
    )


def test_open_threads_come_first_in_their_group() -> None:
    for group in PAGE.read_text("utf-8").split("\n## ")[1:]:
        is_open = [", open" in text.split("\n\n")[1] for text in group.split("\n### ")[1:]]
        closed = is_open.index(False) if False in is_open else len(is_open)
        late = [n for n, one in enumerate(is_open) if one and n > closed]
        assert not late, f"{group.splitlines()[0]}: open questions {late} stand below closed ones"


def test_a_program_takes_at_most_12_short_lines() -> None:
    offenders = []
    for path in sorted(SNIPPETS.glob("*.py")):
        text = path.read_text("utf-8")
        for section in read_sections(text, path.name)[0]:
            shown = text.splitlines()[section.start : section.end - 1]
            lines = dedent("\n".join(shown)).splitlines()
            if len([line for line in lines if line.strip()]) > MOST_LINES:
                offenders.append(f"{path.name}: {section.name} has {len(lines)} lines")
            long = [line for line in lines if len(line) > MOST_COLUMNS]
            offenders += [f"{path.name}: {line.strip()} is too long for a phone" for line in long]
    assert_none(offenders)
