# SPDX-License-Identifier: MIT
"""The exercises as an author writes them: what the page's script takes for granted."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.support.chapters import CHAPTERS

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
NEAR = 0.01  # as in docs/assets/site.js


def solutions(site: Path, name: str) -> list[Tag]:
    text = (site / name / "index.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser").select("article details.success")


def reasons(solution: Tag) -> list[Tag]:
    return solution.select(":scope > :is(ul, ol) > li")


def is_choice(solution: Tag) -> bool:
    return solution.find_previous_sibling().name == "ol"


def is_answered_in_the_page(solution: Tag) -> bool:
    return any(is_right(reason) for reason in reasons(solution))


def is_right(reason: Tag) -> bool:
    return getattr(reason.contents[0], "name", None) == "strong"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_two_to_four_exercises_and_one_is_answered_in_the_page(
    site: Path, name: str
) -> None:
    found = solutions(site, name)
    assert 2 <= len(found) <= 4
    assert any(map(is_answered_in_the_page, found))


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_solution_is_code_with_the_output_it_gave(site: Path, name: str) -> None:
    for solution in solutions(site, name):
        code, output = solution.select(".highlight")
        folder, _, stem = name.partition("/")
        files = f"snippets/{folder}/exercises/{stem}.py", f"snippets/{folder}/{stem}/exercises.py"
        assert code.select_one(".filename").text in files
        assert output.select_one(".filename").text == "Output"
        assert output.code.text.strip()


@pytest.mark.parametrize("name", CHAPTERS)
def test_one_answer_is_right(site: Path, name: str) -> None:
    for solution in solutions(site, name):
        rights = [reason for reason in reasons(solution) if is_right(reason)]
        assert len(rights) == is_answered_in_the_page(solution), solution.text
        if is_choice(solution):
            choices = solution.find_previous_sibling().find_all("li", recursive=False)
            assert len(rights) == 1 and len(choices) == len(reasons(solution))


@pytest.mark.parametrize("name", CHAPTERS)
def test_typed_answers_can_be_told_apart(site: Path, name: str) -> None:
    for solution in filter(is_answered_in_the_page, solutions(site, name)):
        if is_choice(solution):
            continue
        firsts = [reason.contents[0] for reason in reasons(solution)]
        assert {first.name for first in firsts} <= {"strong", "em"}, firsts
        answers = [[float(n) for n in NUMBER.findall(first.text)] for first in firsts]
        assert len(set(map(len, answers))) == 1 and answers[0], answers
        for one, two in combinations(answers, 2):
            furthest = max(abs(a - b) for a, b in zip(one, two, strict=True))
            assert furthest > 2 * NEAR, f"{one} and {two} would be taken for each other"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_reason_can_stand_in_two_places(site: Path, name: str) -> None:
    """Its copy in the verdict would repeat an id."""
    for solution in solutions(site, name):
        assert not [reason for reason in reasons(solution) if reason.select("[id]")]


@pytest.mark.parametrize("name", CHAPTERS)
def test_typed_answers_come_from_the_build(root: Path, name: str) -> None:
    text = (root / "docs" / f"{name}.md").read_text("utf-8")
    answers = re.findall(r"^    - (\*+)(.+?)\1:", text, re.MULTILINE)
    assert answers
    for _, answer in answers:
        assert re.fullmatch(r"\{\{ \w+/\S+: .+ \}\}", answer), answer
