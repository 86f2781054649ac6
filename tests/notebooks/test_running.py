# SPDX-License-Identifier: MIT
"""Every notebook, run from top to bottom as a reader runs it: alone, in an empty folder."""

from __future__ import annotations

import re
import sys

import pytest
from bs4 import BeautifulSoup

from tests.notebooks.kernels import CHAPTERS, NAMES, drawn, printed

# What a reader may write, and words of the message that is meant for it.
WRONG = {
    "inputs": [
        ("mixes = x.T @ equal_weights", "the product the wrong way round"),
        ("mixes = x.mean(dim=-1)", "numbers inside each input"),
        ("mixes = x.mean(dim=0)", "a row of its own"),
        ("mixes = x", "unmixed"),
        ("mixes = 2 * equal_weights @ x", "not yet the right numbers"),
        ("mixes = [1, 2, 3]", "not a tensor"),
    ],
    "projection_weights": [
        ("one_role_scores = x.T @ x", "(4, 4); expected (3, 3): is the product the wrong way"),
        ("one_role_scores = x * x", "also adds them up"),
        ("one_role_scores = (x * x).sum(dim=-1)", "with itself only"),
    ],
    "queries_keys_values": [
        (
            "queries = w_query @ x",
            "queries has shape (4, 4); expected (3, 3): is the product the wrong way round?",
        ),
        ("queries = x @ w_key", "these are the keys"),
        ("queries = (x @ w_query).T", "rows and columns are swapped"),
        ("queries = x", "unchanged"),
        ("queries, keys = x @ w_query, w_key @ x", "keys has shape (4, 4); expected (3, 3)"),
        (
            "queries, keys, values = x @ w_query, x @ w_key, w_value @ x",
            "values has shape (4, 4); expected (3, 3)",
        ),
    ],
    "attention_scores": [
        ("scores_of_input_1 = queries[0] @ keys", "not transposed"),
        ("scores_of_input_1 = queries[0] * keys", "also adds them up"),
        ("scores_of_input_1 = queries[1] @ keys.T", "counts from 0"),
        ("scores_of_input_1 = queries @ keys.T", "query 1 alone"),
        ("scores = queries @ keys", "not transposed"),
        ("scores = queries.T @ keys", "the wrong one transposed"),
        ("scores = queries * keys", "also adds them up"),
        ("scores = queries @ keys.T / 3**0.5", "divided by the root of d_k"),
        ("weights = scores.softmax(dim=0)", "each column makes 1, not each row"),
        ("weights = scores.flatten().softmax(dim=0).reshape(3, 3)", "all numbers together"),
        ("weights = scores.exp()", "Divide them by the sum"),
        ("weights = scores / scores.sum(dim=-1, keepdim=True)", "Raise e"),
        ("weights = scores.log_softmax(dim=-1)", "logarithms"),
        ("weights = scores", "unchanged"),
    ],
    "weighted_values": [
        ("weighted_values = values * weights", "needs one more axis"),
        ("weighted_values = weights @ values", "Keep every product"),
        ("weighted_values = values * weights.unsqueeze(1)", "in the wrong place"),
        ("weighted_values = values * weights.unsqueeze(0)", "before the queries"),
        ("weighted_values = values.unsqueeze(-1) * weights", "not to values"),
    ],
    "outputs": [
        ("outputs = weighted_values.sum(dim=-1)", "ran over d_v"),
        ("outputs = weighted_values.sum(dim=0)", "ran over the queries"),
        ("outputs = weighted_values.sum()", "Name the axis"),
        ("outputs = weighted_values.mean(dim=-2)", "average"),
        ("outputs_in_one_line = values @ weights", "the product the wrong way round"),
        ("outputs_in_one_line = weights.T @ values", "be transposed"),
        ("outputs_in_one_line = weights * values", "It must add up too"),
        ("self_attention = ((x @ w_query) @ (x @ w_key).T) @ (x @ w_value)", "no softmax"),
        (
            "self_attention = ((x @ w_query) @ (x @ w_key).T).softmax(dim=0) @ (x @ w_value)",
            "ran over the queries",
        ),
        (
            "self_attention = ((x @ w_query) @ (x @ w_key).T / w_key.shape[1] ** 0.5)"
            ".softmax(dim=-1) @ (x @ w_value)",
            "does not scale yet",
        ),
        ("self_attention = ((x @ w_query) @ (x @ w_key).T).softmax(dim=-1)", "These are the we"),
        (
            "self_attention = ((x @ w_key) @ (x @ w_query).T).softmax(dim=-1) @ (x @ w_value)",
            "changed places",
        ),
        ("self_attention = ((x @ w_query) @ (x @ w_key)).softmax(dim=-1)", "sizes do not fit"),
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_solved_notebook_gives_the_outputs_that_are_in_it(name, notebook, running) -> None:
    solved = notebook(name, "solved")
    with running(solved) as run:
        for place, cell in enumerate(solved.cells):
            assert run.cell(place) is None, cell.source
            if cell.cell_type == "code":
                now = run.cells[place]
                assert (printed(now), drawn(now)) == (printed(cell), drawn(cell)), cell.source
                assert not [o for o in now.outputs if o.get("name") == "stderr"]
        modules = run.code("import sys; print(*sys.modules)").split()
    assert "torch" in modules
    assert not {"snippets", "engine"} & set(modules), "it took something from the repository"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_solved_notebook_has_what_the_page_printed(name, notebook, site) -> None:
    page = BeautifulSoup((site / "walkthrough" / name / "index.html").read_text(), "html.parser")
    shown = [
        block.find("code").get_text().rstrip() for block in page.select(".language-text.highlight")
    ]
    solved = notebook(name, "solved")
    held = "\n".join(printed(c) if c.cell_type == "code" else c.source for c in solved.cells)
    missing = [text for text in shown if text not in held.replace("\n> ", "\n")]
    assert shown and not missing
    drawings = page.select("figure.drawing")
    assert sum(drawn(c) for c in solved.cells if c.cell_type == "code") == len(drawings)


@pytest.mark.parametrize("name", NAMES)
def test_a_hands_on_notebook_stops_at_its_blanks_and_passes_when_they_are_filled(
    name, notebook, running
) -> None:
    hands_on, solved = notebook(name, "hands_on"), notebook(name, "solved")
    assert len(hands_on.cells) == len(solved.cells)
    blanks = [
        place
        for place, (blank, whole) in enumerate(zip(hands_on.cells, solved.cells, strict=True))
        if blank.cell_type == "code" and blank.source != whole.source
    ]
    assert blanks
    wrong = list(WRONG.get(name, []))
    met = 0
    with running(hands_on) as run:
        for place, cell in enumerate(hands_on.cells):
            if place in blanks:
                assert "# TO-DO: " in cell.source and re.search(
                    r"^\s*(\w+ = )?\.\.\.", cell.source, re.M
                )
                assert run.cell(place) is None, "a blank by itself is no error"
                told = run.cell(place + 1)
                assert told and told.startswith("NotYet: ") and "still a blank" in told, told
                solution = solved.cells[place].source
                for filling, words in [w for w in wrong if binds(w[0], solution)]:
                    assert run.cell(place, code_of(filling)) is None, filling
                    told = run.cell(place + 1) or "nothing"
                    assert words.lower() in told.lower(), f"{filling}: {told}"
                    assert not gives_away(told, solution), f"{filling}: {told}"
                    met += 1
                assert run.cell(place, solution) is None
            else:
                assert run.cell(place) is None, cell.source
            if cell.cell_type == "code":
                kept = solved.cells[place]
                now = run.cells[place]
                assert (printed(now), drawn(now)) == (printed(kept), drawn(kept)), cell.source
    assert met == len(wrong)


def binds(filling: str, solution: str) -> bool:
    name = re.match(r"\w+", filling)[0]
    return bool(re.search(rf"^({name} = |def {name}\b)", solution, re.MULTILINE))


def code_of(filling: str) -> str:
    """A wrong filling of a function is written as what it returns."""
    name, _, value = filling.partition(" = ")
    if name == "self_attention":
        return f"def self_attention(x, w_query, w_key, w_value):\n    return {value}"
    return filling


def gives_away(told: str, solution: str) -> bool:
    """Whether a message holds the right-hand side of a line of the solution."""
    sides = [line.partition(" = ")[2].partition("  #")[0] for line in solution.splitlines()]
    return any(len(side) > 3 and side in told for side in sides)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["hands_on", "solved"])
def test_a_notebook_needs_torch_matplotlib_numpy_and_jupyter_alone(name, kind, notebook) -> None:
    code = "\n".join(c.source for c in notebook(name, kind).cells if c.cell_type == "code")
    roots = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    assert "torch" in roots
    assert roots - sys.stdlib_module_names <= {"torch", "numpy", "matplotlib", "matplotlib_inline"}
