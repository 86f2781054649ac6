# SPDX-License-Identifier: MIT
"""Pages name only things that exist, show all that snippets make, and get no active markup."""

from __future__ import annotations

import pytest

from engine.build import Engine
from engine.model.project import Options, Project
from tests.support.sample import Sample

SNIPPET = """
    # --8<-- [start:total]
    total = 3
    print(total)
    # --8<-- [end:total]
"""
SHOWN = "::: one: total\n"


def told(sample: Sample, page: str) -> list[str]:
    sample.snippet(SNIPPET)
    sample.page(page)
    return [str(problem) for problem in sample.refresh().problems]


def test_a_page_that_shows_everything_passes(sample: Sample) -> None:
    assert told(sample, SHOWN) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '``` py\n--8<-- "two.py"\n```',
            "docs/page.md:2: there is no snippets/two.py; names there: one",
        ),
        (
            "::: code one: totl",
            'docs/page.md:2: snippets/one.py has no section "totl"; did you mean "total"?',
        ),
        (
            "::: figure one: total",
            'docs/page.md:2: snippets/one.py drew nothing in "total"; sections that do: none',
        ),
        (
            "{{ one: totl }}",
            "docs/page.md:2: {{ one: totl }}: NameError: name 'totl' is not defined; did you mean "
            '"total"?',
        ),
        ("::: print one: totl", "docs/page.md:2: ::: print one: totl: NameError: name 'totl'"),
        ("{{ two: x }}", "docs/page.md:2: there is no snippets/two.py"),
        ("{{ one: '<b>' }}", "may be markup"),
        ('--8<-- "one.md"', "an include is a line with nothing beside it"),
        ("a {{ one: __import__('torch').zeros(2, 2, 2, dtype=object) }}", "TypeError"),
    ],
)
def test_a_wrong_name_on_a_page_is_reported_with_existing_names(
    sample: Sample, line: str, message: str
) -> None:
    (problem,) = told(sample, f"{SHOWN}{line}\n")
    assert message in problem


def test_a_section_without_output_is_reported_with_those_that_have_one(sample: Sample) -> None:
    sample.snippet(
        "# --8<-- [start:silent]\nx = 1\n# --8<-- [end:silent]\n\n"
        "# --8<-- [start:loud]\nprint(x)\n# --8<-- [end:loud]\n"
    )
    sample.page("::: one: silent, loud\n\n::: output one: silent\n")
    told = 'docs/page.md:3: snippets/one.py printed and drew nothing in "silent"'
    assert sample.problem() == f"{told}; sections that do: loud"


def test_a_section_and_an_output_that_no_page_shows_are_reported(sample: Sample) -> None:
    problems = told(sample, "nothing")
    assert [p.split(":", 2)[:2] for p in problems] == [["snippets/one.py", "1"]] * 2
    assert 'no page shows section "total"' in problems[0]
    assert 'no page shows what section "total" prints' in problems[1]


def test_a_hidden_section_need_not_be_shown(sample: Sample) -> None:
    sample.section("print(1)")
    assert not sample.refresh().problems


def test_an_output_does_not_end_its_fence(sample: Sample) -> None:
    sample.section("print('```')\nprint('<script>alert(1)</script>')")
    sample.page("::: output one: part\n")
    assert not sample.refresh().problems
    assert sample.markdown() == '```` text title="Output"\n```\n<script>alert(1)</script>\n````\n'


def test_a_broken_section_is_reported_once_with_the_pages_that_show_it(sample: Sample) -> None:
    sample.snippet("# --8<-- [start:total]\ntotal = 3\n")
    sample.page(SHOWN + "{{ one: total }}\n")
    assert sample.problem() == (
        'snippets/one.py:1: section "total" is never closed: add "# --8<-- [end:total]"\n'
        "  shown by docs/page.md"
    )


def test_an_output_that_differs_between_two_runs_is_found(sample: Sample) -> None:
    sample.section("import random\nprint(random.random())", "chance")
    sample.section("print({'a', 'b', 'c', 'd', 'e', 'f'})", "order")
    sample.section("import torch\ntorch.manual_seed(1)\nprint(torch.rand(1))", "seeded")
    problems = list(map(str, sample.refresh().problems))
    assert [problem.split(":")[0] for problem in problems] == [
        "snippets/chance.py",
        "snippets/order.py",
    ]
    assert (
        'section "part" prints something else in a second run: give the generator a seed'
        in problems[0]
    )


def test_an_expression_that_ends_the_run_is_reported_at_its_line_of_the_page(
    sample: Sample,
) -> None:
    sample.snippet(SNIPPET)
    for lines, number in (("\n", 3), ("\n\n", 4)):
        sample.page(f"{SHOWN}{lines}{{{{ one: __import__('os')._exit(3) }}}}\n")
        assert sample.problem().startswith(
            f"docs/page.md:{number}: {{{{ one: __import__('os')._exit(3) }}}} ended its process"
        )
    sample.page(SHOWN)
    assert not sample.refresh().problems


def test_a_long_error_of_an_expression_is_shortened(sample: Sample) -> None:
    (problem,) = told(sample, f"{SHOWN}{{{{ one: dict()['x' * 10**5] }}}}\n")
    assert len(problem) < 11_000 and "… (100012 characters) …" in problem


def test_a_line_that_breaks_two_snippets_is_reported_once_with_all_pages(sample: Sample) -> None:
    sample.snippet("x = 1 / 0\n", "helper")
    for stem in ("one", "two"):
        sample.section("from snippets.helper import x\nprint(x)", stem)
        sample.page(f"::: output {stem}: part\n", stem)
    assert "shown by docs/one.md, docs/two.md" in sample.problem()


def test_a_failed_value_is_evaluated_again_once_its_helper_is_configured(sample: Sample) -> None:
    sample.section("x = 3")
    sample.snippet("def double(x):\n    return 2 * x\n", "helper")
    sample.page("It is {{ one: double(x) }}.\n")
    assert "NameError" in sample.problem()
    project = Project(sample.root, options=Options(helpers=("helper",)))
    engine = Engine(project)
    engine.pool = sample.pool
    sample.engine = engine
    assert sample.refresh().problems == []
    assert sample.markdown() == "It is 6.\n"
