# SPDX-License-Identifier: MIT
"""Expressions on pages find their names, take every supported form, and change nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.result import Value
from tests.support.sample import Sample

HELPER = """
import matplotlib.pyplot as plt

def draw(title):
    figure, axes = plt.subplots(num=title)
    axes.plot([0, 1])

def rows(tensor):
    return [f"row {row}" for row in tensor.tolist()]

def shadowed():
    return "the helper's"
"""


def helped(sample: Sample) -> None:
    sample.snippet(HELPER, "drawing/maps")
    sample.engine.project = replace(
        sample.engine.project,
        options=replace(sample.engine.project.options, helpers=("drawing/maps",)),
    )


def value(sample: Sample, expression: str, body: str = "import torch\nx = torch.ones(2)") -> Value:
    sample.section(body)
    sample.page(f"{{{{ one: {expression} }}}}\n")
    return sample.refresh().results["one"].values[expression]


def test_an_expression_takes_names_from_helper_modules(sample: Sample) -> None:
    helped(sample)
    shown = value(sample, "rows(x)")
    assert shown.lines == "row 1.0\nrow 1.0"
    assert "snippets/drawing/maps.py" in sample.build.results["one"].opened


def test_a_name_of_the_snippet_takes_precedence_over_a_helpers(sample: Sample) -> None:
    helped(sample)
    assert value(sample, "shadowed()", "def shadowed(): return 'the own'").text == "the own"


def test_helpers_are_imported_only_when_an_expression_needs_them(sample: Sample) -> None:
    helped(sample)
    value(sample, "x[0]")
    assert "snippets/drawing/maps.py" not in sample.build.results["one"].opened


def test_an_expression_that_draws_becomes_its_figures(sample: Sample) -> None:
    helped(sample)
    shown = value(sample, "draw('Two steps')")
    (figure,) = shown.figures
    assert "<svg" in figure.svg and ">Two steps</title>" in figure.svg and shown.error is None


def test_a_text_of_several_lines_is_no_error(sample: Sample) -> None:
    shown = value(sample, "'a\\nb'", "x = 1")
    assert (shown.text, shown.lines, shown.error) == (None, "a\nb", None)
    assert shown.unfit and "cannot stand in a sentence" in shown.unfit


def test_bytes_are_hidden_data_for_a_script(sample: Sample) -> None:
    shown = value(sample, "data", "data = b'[1, \"<b>\"]'")
    assert shown == Value(data='[1, "<b>"]')
    template = '<template class="data" data-search-exclude>[1, "&lt;b&gt;"]</template>'
    assert sample.markdown().strip() == f"``` engine-html\n{template}\n```"


def test_data_in_a_sentence_is_refused(sample: Sample) -> None:
    sample.section("data = b'1'")
    sample.page("The data {{ one: data }} here.\n")
    assert "data cannot stand in a sentence: give it a line of its own" in sample.problem()


def test_an_expression_that_changes_another_one_is_blamed(sample: Sample) -> None:
    sample.section("x = [1]\ndef grow():\n    x.append(1)\n    return 'grown'")
    sample.page("{{ one: len(x) }}\n\n{{ one: grow() }}\n")
    told = sample.problem()
    assert told.startswith(
        "docs/page.md:3: {{ one: grow() }}: changes {{ one: len(x) }}, which pages"
    )


@pytest.mark.parametrize(("last", "is_refused"), [("x = 2", True), ("y = 2", False)])
def test_a_value_that_changes_below_its_section_is_refused(
    sample: Sample, last: str, is_refused: bool
) -> None:
    sample.snippet(
        "# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\n"
        f"# --8<-- [start:b]\n{last}\n# --8<-- [end:b]\n"
    )
    block = "::: one: {}\n\n"
    sample.page(f"{block.format('a')}It is {{{{ one: x }}}}.\n\n{block.format('b')}")
    problems = [str(problem) for problem in sample.refresh().problems]
    assert len(problems) == is_refused
    if is_refused:
        assert (
            'docs/page.md:3 shows it below section "a", where it is 1, but at the end'
            in problems[0]
        )
        sample.page(f"It is {{{{ one: x }}}}.\n\n{block.format('a')}{block.format('b')}")
        assert sample.refresh().problems == []


def test_an_expression_leaves_no_figure_for_the_next(sample: Sample) -> None:
    helped(sample)
    sample.section("x = 1")
    sample.page("{{ one: draw('One') }}\n\n{{ one: x }}\n")
    values = sample.refresh().results["one"].values
    assert len(values["draw('One')"].figures) == 1 and values["x"].figures == ()
