# SPDX-License-Identifier: MIT
"""The file that names a site's tensors is read without being run."""

import re
from pathlib import Path

import pytest

from engine.model.problem import EngineError
from engine.model.tensors import Tensor
from engine.read.tensors import read_tensors

ROOT = Path(__file__).parents[2]
GOOD = """\
raise SystemExit  # nobody runs it
COLORS = {"a": "C3", "b_c": "C0"}
PALETTE = {"a": ("#000000", "#ffffff"), "b_c": ("#111111", "#eeeeee")}
FORMULAS = {"b_c": r"B_{\\text{c}}"}
ALIASES = {"aa": "a"}
"""


def read(tmp_path, text):
    path = tmp_path / "t.py"
    path.write_text(text)
    return read_tensors(path, "t.py")


def test_a_tensor_has_colors_a_formula_and_other_names(tmp_path):
    assert read(tmp_path, GOOD) == (
        Tensor("a", 3, "#000000", "#ffffff", "", ("aa",)),
        Tensor("b_c", 0, "#111111", "#eeeeee", r"B_{\text{c}}"),
    )


def test_a_site_without_the_file_has_no_tensors(tmp_path):
    assert read_tensors(tmp_path / "none.py", "none.py") == ()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"C3"', '"C10"', "t.py:2: 'C10' is no color of a: give it one of C0 to C9"),
        ('"C3"', '"C0"', "t.py:2: b_c and a are both C0: give each its own color"),
        ('"b_c": "C0"', '"b c": "C0"', "t.py:2: 'b c' is no name of a variable"),
        ("#ffffff", "white", "t.py:3: a needs two colors, light and dark"),
        ('"a": ("#000000", "#ffffff"), ', "", "t.py:3: a needs two colors, light and dark"),
        ("FORMULAS = {", "FORMULAS = {'x': 'X', ", "t.py:4: 'x' is not among COLORS"),
        ('"aa": "a"', '"aa": "b"', "t.py:5: 'b' is not among COLORS, which names a, b_c"),
        ('{"aa": "a"}', 'dict(aa="a")', "t.py:5: ALIASES has to be a dictionary of literals"),
        ("ALIASES", "1 +", "t.py:5: no Python: invalid syntax"),
    ],
)
def test_a_mistake_in_the_file_is_reported_with_its_line(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(EngineError, match=re.escape(message)):
        read(tmp_path, GOOD.replace(old, new, 1))


def test_the_engine_names_no_tensor_of_this_site():
    words = {"inputs", "outputs", "keys", "values"}  # common words
    names = {t.name for t in read_tensors(ROOT / "snippets/drawing/tensors.py", "")} - words
    named = re.compile(rf"[\"'(|]({'|'.join(names)}|W_)[\"')|]")
    found = [
        f"{path.name}: {match[0]}"
        for path in sorted((ROOT / "engine").rglob("*.py"))
        for match in named.finditer(path.read_text("utf-8"))
    ]
    assert found == []
