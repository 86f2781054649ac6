# SPDX-License-Identifier: MIT
"""The exercises have the form that the page's script expects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

from bs4 import Tag

from tests.support.chapters import CHAPTERS
from tests.support.offenders import assert_none
from tests.support.pages import parsed

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
NEAR = 0.01  # TOLERANCE in docs/assets/exercises.js


@cache
def solutions(site: Path, name: str) -> list[Tag]:
    return parsed(site / name / "index.html").select("article details:is(.quiz, .success)")


def reasons(solution: Tag) -> list[Tag]:
    return solution.select(":scope > :is(ul, ol) > li")


def is_choice(solution: Tag) -> bool:
    return solution.find_previous_sibling().name == "ol"


def is_answered_in_the_page(solution: Tag) -> bool:
    return any(is_right(reason) for reason in reasons(solution))


def is_right(reason: Tag) -> bool:
    return getattr(reason.contents[0], "name", None) == "strong"


def every_solution(site: Path) -> Iterator[tuple[str, Tag]]:
    """Yield each solution with the name of its chapter."""
    for name in CHAPTERS:
        found = solutions(site, name)
        assert found, f"{name} has no exercise"
        for solution in found:
            yield name, solution


def test_every_chapter_has_an_exercise_that_is_answered_in_the_page(site: Path) -> None:
    answered = {name for name, one in every_solution(site) if is_answered_in_the_page(one)}
    assert_none(name for name in CHAPTERS if name not in answered)


def test_quizzes_are_the_exercises_that_are_answered_in_the_page(site: Path) -> None:
    assert_none(
        f"{name}: {one.text}"
        for name, one in every_solution(site)
        if ("quiz" in one["class"]) != is_answered_in_the_page(one)
    )


def solutions_with_code(site: Path) -> Iterator[tuple[str, Tag]]:
    """Yield each solution that shows code, with its chapter. Open questions have many solutions."""
    for name, solution in every_solution(site):
        if solution.summary.text == "Solution" and solution.select(".language-py"):
            yield name, solution


def test_each_chapter_has_a_solution_with_code(site: Path) -> None:
    with_code = {name for name, _ in solutions_with_code(site)}
    assert_none(name for name in CHAPTERS if name not in with_code)


def test_a_solution_with_code_shows_the_output_it_gave(site: Path) -> None:
    for name, solution in solutions_with_code(site):
        code, output = solution.select(".language-py")[0], solution.select_one(".language-text")
        assert output is not None, f"{name} shows no output: {solution.text[:200]}"
        file = code.select_one(".filename").text
        own = f"{name}.py"  # for chapters whose own snippet has the model
        assert file == own or re.fullmatch(r"exercises/\w+\.py|\w+/exercises\.py", file), file
        assert output.select_one(".filename").text == "Output", name
        assert output.code.text.strip(), name


def test_each_exercise_has_one_right_answer(site: Path) -> None:
    for name, solution in every_solution(site):
        rights = [reason for reason in reasons(solution) if is_right(reason)]
        assert len(rights) == is_answered_in_the_page(solution), f"{name}: {solution.text}"
        if is_choice(solution):
            choices = solution.find_previous_sibling().find_all("li", recursive=False)
            assert len(rights) == 1 and len(choices) == len(reasons(solution)), name


def test_only_the_right_answer_starts_in_bold(site: Path) -> None:
    """The style sheet puts "Right:" before a bold start."""
    assert_none(
        f"{name}: {reason.text}"
        for name, solution in every_solution(site)
        for reason in reasons(solution)
        if (first := reason.find(recursive=False)) and first.name == "strong"
        if not is_right(reason)
    )


def test_typed_answers_can_be_told_apart(site: Path) -> None:
    for name, solution in every_solution(site):
        if is_choice(solution) or not is_answered_in_the_page(solution):
            continue
        firsts = [reason.contents[0] for reason in reasons(solution)]
        assert {first.name for first in firsts} <= {"strong", "em"}, f"{name}: {firsts}"
        answers = [[float(n) for n in NUMBER.findall(first.text)] for first in firsts]
        assert len(set(map(len, answers))) == 1 and answers[0], f"{name}: {answers}"
        for one, two in combinations(answers, 2):
            furthest = max(abs(a - b) for a, b in zip(one, two, strict=True))
            assert furthest > 2 * NEAR, f"{name}: {one} and {two} would be taken for each other"


def test_a_reason_can_be_copied(site: Path) -> None:
    """Its copy in the verdict would duplicate ids."""
    assert_none(
        f"{name}: {reason}"
        for name, solution in every_solution(site)
        for reason in reasons(solution)
        if reason.select("[id]")
    )


def test_typed_answers_come_from_the_build(root: Path) -> None:
    answers = [
        (name, answer)
        for name in CHAPTERS
        for _, answer in re.findall(
            r"^    - (\*+)(.+?)\1:",
            (root / "docs" / f"{name}.md").read_text("utf-8"),
            re.MULTILINE,
        )
    ]
    assert len(answers) > len(CHAPTERS)
    assert_none(
        f"{name}: {answer}" for name, answer in answers if not re.fullmatch(r"\{\{ .+ \}\}", answer)
    )
