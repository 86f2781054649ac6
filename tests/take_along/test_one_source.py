# SPDX-License-Identifier: MIT
"""The function and the layer that the chapter shows are those of the file to take along."""

import ast
from pathlib import Path

import pytest

SNIPPETS = Path(__file__).parents[2] / "snippets"
CHAPTER = SNIPPETS / "real_attention" / "layer"


def definitions(file):
    tree = ast.parse(file.read_text("utf-8"))
    return {
        n.name: ast.dump(n) for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))
    }


@pytest.mark.parametrize("stem", ["errors", "scaled_dot_product_attention", "multi_head_attention"])
def test_the_chapter_shows_the_code_to_take_along(stem):
    taken = definitions(SNIPPETS / "take_along" / "multi_head_attention.py")
    shown = definitions(CHAPTER / f"{stem}.py")
    assert shown
    for name, code in shown.items():
        assert code == taken[name], f"{name} differs: change both, or copy it"


def test_nothing_but_the_conversions_is_left_out():
    taken = definitions(SNIPPETS / "take_along" / "multi_head_attention.py")
    stems = "errors", "scaled_dot_product_attention", "multi_head_attention"
    shown = {name for stem in stems for name in definitions(CHAPTER / f"{stem}.py")}
    assert set(taken) - shown == {"load_packed", "from_torch", "as_torch", "packed"}
