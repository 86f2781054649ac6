# SPDX-License-Identifier: MIT
"""The request to run a snippet, and what came of it: all that passes between processes.

A result survives `json.dumps(result, default=vars)` and `Result.of(json.loads(text))`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.model.problem import Problem
from engine.model.snippet import Section

Stamp = list[int]  # modification time, size and inode of a file


@dataclass
class Job:
    """One snippet to run.

    root: the folder whose modules it may import, `program` aside
    expressions: those that pages show of its variables, each with the first place that asks for
        it, as `file:line`
    shown_after: by the name of a section, the expressions that stand below that section on a page,
        each with its place. The run fails where such a value changes later
    ignored: folders of which no file counts as one that it read
    helpers: paths of the modules that expressions may take names from, imported only when needed
    timeout: in seconds
    program: text to run instead of `path`, without the project, as if it were pasted elsewhere;
        the worker sets path and root
    proof: run a snippet a second time, in a process that differs on purpose (random numbers, hash
        seed, folder, time), and fail where the outputs differ; run a program in that process
    scratch: a temporary folder, which the worker makes and removes
    """

    stem: str
    path: str
    root: str
    sections: list[Section]
    expressions: dict[str, str]
    timeout: int
    shown_after: dict[str, dict[str, str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    program: str | None = None
    proof: bool = False
    scratch: str = ""

    @property
    def where(self) -> str:
        """The path in messages."""
        return self.path.removeprefix(f"{self.root}/")

    @property
    def result(self) -> str:
        """Path of the file that the child writes the result to."""
        return f"{self.scratch}/{'result' if self.program is None else self.stem}.json"

    def section_at(self, line: int) -> str | None:
        return next((s.name for s in self.sections if s.start < line < s.end), None)


@dataclass(frozen=True)
class Figure:
    """A drawing.

    svg: `<figure class="drawing">…</figure>`, with ids that begin with the place of the figure
    digest: of its label, its description and what matplotlib drew, by which figures are compared
    """

    svg: str = field(compare=False)
    digest: str


@dataclass(frozen=True)
class SavedFile:
    """A file that a snippet wrote: its name, and its bytes in Base64."""

    name: str
    content: str


@dataclass
class SectionOutput:
    """What a section printed, and what it drew, in order."""

    text: str = ""
    figures: list[Figure] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Any]) -> SectionOutput:
        return cls(data["text"], [Figure(**figure) for figure in data["figures"]])


@dataclass(frozen=True)
class Value:
    """The value of an expression in each form that it has; None for the forms it lacks.

    text: for a sentence, on one line, free of markup
    table: a tensor as HTML
    lines: a list of lines, or a text of several, as `print` would show them
    figures: what the expression drew
    file: what a path leads to; its name is the text
    data: text that a script of the page reads and that nobody else sees
    unfit: why it has no `text`, though it has another form
    error: why there is no value; then all other forms are missing
    """

    text: str | None = None
    table: str | None = None
    lines: str | None = None
    figures: tuple[Figure, ...] = ()
    file: SavedFile | None = None
    data: str | None = None
    unfit: str | None = None
    error: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is a text of several lines, which a page shows as an output."""
        return self.lines is not None and "\n" in self.lines.strip("\n")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Value:
        figures = tuple(Figure(**figure) for figure in data["figures"])
        file = SavedFile(**data["file"]) if data.get("file") else None
        return cls(**{**data, "figures": figures, "file": file})


@dataclass
class Result:
    """What a run produced, or why it failed, if `problems` is not empty.

    opened: files that were read while it ran, and folders that were listed, with their stamps at
        that moment, or None where there was nothing; relative to the project's root if they lie
        below it, else absolute
    versions: of the installed distributions that it imported, by name
    shown_after: for each section, the expressions that were compared with their final values
    warnings: what it wrote to standard error
    """

    stem: str
    sections: dict[str, SectionOutput] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    opened: dict[str, Stamp | None] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    shown_after: dict[str, list[str]] = field(default_factory=dict)
    warnings: str = ""
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Result:
        sections = {name: SectionOutput.of(one) for name, one in data["sections"].items()}
        values = {expression: Value.of(one) for expression, one in data["values"].items()}
        problems = [Problem(**{**p, "pages": tuple(p["pages"])}) for p in data["problems"]]
        return cls(**{**data, "sections": sections, "values": values, "problems": problems})
