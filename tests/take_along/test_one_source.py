# SPDX-License-Identifier: MIT
"""The function and the layer shown in chapters equal those in the file to take along."""

import ast
from pathlib import Path

import pytest

SNIPPETS = Path(__file__).parents[2] / "snippets"
CHAPTERS = SNIPPETS / "real_attention"
SHOWN = [
    CHAPTERS / "function" / "errors.py",
    CHAPTERS / "function" / "scaled_dot_product_attention.py",
    CHAPTERS / "layer" / "errors.py",
    CHAPTERS / "layer" / "multi_head_attention.py",
    CHAPTERS / "layer" / "conversions.py",
]


def definitions(file):
    tree = ast.parse(file.read_text("utf-8"))
    return {
        n.name: ast.dump(n) for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))
    }


@pytest.mark.parametrize("file", SHOWN, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_chapters_show_the_code_to_take_along(file):
    taken = definitions(SNIPPETS / "take_along" / "multi_head_attention.py")
    shown = definitions(file)
    assert shown
    for name, code in shown.items():
        assert code == taken[name], f"{name} differs: change both, or copy it"


def test_nothing_is_left_out():
    taken = definitions(SNIPPETS / "take_along" / "multi_head_attention.py")
    assert set(taken) == {name for file in SHOWN for name in definitions(file)}
