# SPDX-License-Identifier: MIT
"""Read the exercises of a page that are answered with numbers, so that a notebook checks answers.

The solution of such an exercise begins with a list. In a bulleted list, an item begins with numbers
and explains them: the right ones are bold, known mistakes are in italics. In a numbered list, an
item explains why the choice of that number is wrong or, if it begins in bold, right.
`docs/assets/exercises.js` reads the page in the same way.
"""

import re
from collections.abc import Container
from dataclasses import dataclass

from engine.write.words import words

ITEM = re.compile(r"^(?P<mark>-|\d+\.) +", re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
LEAD = re.compile(r"(?P<marks>\*\*|\*)(?P<text>.+?)(?P=marks)", re.DOTALL)
TITLE = re.compile(r"\*\*(?P<title>[^*]+?)\.?\*\*")
MARKUP = re.compile(
    r"\[([^\]]*)\]\([^)]*\)|<sup>.*?</sup>|(\*\*|\*|`)(?=\S)(.+?)(?<=\S)\2", re.DOTALL
)


@dataclass(frozen=True)
class Answer:
    """The numbers of a right or a wrong answer, and the explanation that the reader gets."""

    numbers: tuple[float, ...]
    words: str


@dataclass(frozen=True)
class Exercise:
    """An exercise and its answers; the answers to a choice are numbered from 1."""

    title: str
    answers: tuple[Answer, ...]
    right: Answer
    is_choice: bool

    def table(self) -> list[tuple[list[float], str, bool]]:
        return [(list(a.numbers), a.words, a is self.right) for a in self.answers]

    def cell(self, answer: Answer | None) -> str:
        """Return the code that checks an answer; without one, it has a blank for the reader."""
        count = len(self.right.numbers)
        kind = "choice" if self.is_choice else "number" if count == 1 else "numbers"
        numbers = ", ".join(f"{number:g}" for number in answer.numbers) if answer else "..."
        given = f"[{numbers}]" if answer and count > 1 else numbers
        task = words()[f"answer_{kind}"].format(count)
        if not all(number.is_integer() for number in self.right.numbers):
            task += words()["rounded"]
        hint = [] if answer else [words()["to_do"].format(task)]
        check = f'check_answer("{self.title}", my_answer)'
        return "\n".join([*hint, f"my_answer = {given}", check])


def title_of(question: str, taken: Container[str]) -> str:
    """Return the title of a question, with a number if the title is taken."""
    match = TITLE.search(question)
    title = plain(match["title"]).replace('"', "") if match else words()["exercise"]
    numbered = (f"{title} ({count})" for count in range(2, 1000))
    return title if title not in taken else next(t for t in numbered if t not in taken)


def read(title: str, text: str) -> Exercise | None:
    """Return the exercise whose solution begins with `text`; None if this is no list of answers."""
    parts = ITEM.split(text)
    marks, items = parts[1::2], parts[2::2]
    if parts[0].strip() or not items:
        return None
    is_choice = marks[0] != "-"
    answers, right = [], None
    for place, item in enumerate(items, start=1):
        lead = LEAD.match(item)
        numbers = (place,) if is_choice else NUMBER.findall(lead["text"]) if lead else ()
        answer = Answer(tuple(float(number) for number in numbers), plain(item))
        answers.append(answer)
        if lead and lead["marks"] == "**":
            right = right or answer
    return Exercise(title, tuple(answers), right, is_choice) if right and right.numbers else None


def plain(text: str) -> str:
    """Return the Markdown of an item as one line of plain text."""
    for _ in range(2):  # bold text may contain italics
        text = MARKUP.sub(lambda match: match[1] or match[3] or "", text)
    return " ".join(re.sub(r"\$([^$\\]+)\$", r"\1", text).split())
