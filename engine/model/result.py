# SPDX-License-Identifier: MIT
"""Jobs and results: the data that passes between processes.

Results are stored as `json.dumps(result, default=vars)` and restored by `Result.of`.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from engine.model.problem import Problem
from engine.model.snippet import Section

Stamp = list[int]  # modification time, size and inode of a file


@dataclass
class Job:
    """A snippet or a program to run.

    root: the folder that local modules are imported from
    expressions: the expressions that pages show, each with its first use as `file:line`
    shown_after: by section, the expressions that a page shows below it, each with its `file:line`;
        it is an error if their value changes later in the run
    ignored: folders whose files are not recorded as dependencies
    helpers: paths of the modules that expressions may take names from, imported only when needed
    timeout: in seconds
    program: source to run instead of `path`, without access to the project, as if it were pasted
        elsewhere; then the worker sets `path` and `root`
    proof: run a snippet also in the second worker, which differs on purpose (hash seed, time zone,
        folder, threads), and compare the outputs; run a program only there
    scratch: a temporary folder, which the worker creates and removes
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
        """The path relative to the root, for messages."""
        return self.path.removeprefix(f"{self.root}/")

    @property
    def result(self) -> str:
        """The path of the file to which the child process writes the result."""
        return f"{self.scratch}/{'result' if self.program is None else self.stem}.json"

    def section_at(self, line: int) -> str | None:
        return next((s.name for s in self.sections if s.start < line < s.end), None)


@dataclass(frozen=True)
class Figure:
    """A figure as HTML.

    svg: `<figure class="drawing">…</figure>`; its ids begin with the name of the snippet
    digest: of the label, description, numbers and matplotlib's SVG; figures are compared by it
    """

    svg: str = field(compare=False)
    digest: str


@dataclass(frozen=True)
class SavedFile:
    """The name of a file that a snippet wrote, and its content in Base64."""

    name: str
    content: str


@dataclass
class SectionOutput:
    """The stdout of a section, and its figures in order."""

    text: str = ""
    figures: list[Figure] = field(default_factory=list)


@dataclass(frozen=True)
class Value:
    """The value of an expression in every form that a page can show; missing forms are None.

    text: one line without markup, for use in a sentence
    table: a tensor as HTML
    lines: a string, or a list of strings, as `print` would show it
    figures: the figures that the expression drew
    file: the file that a `Path` points to; `text` is its name
    data: text for a script of the page, invisible to readers
    unfit: the reason why there is no `text`, although another form exists
    error: the reason why there is no value; then all other forms are missing
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
        """Whether the value has several lines, which a page shows as an output."""
        return self.lines is not None and "\n" in self.lines.strip("\n")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        figures = tuple(Figure(**figure) for figure in data["figures"])
        file = SavedFile(**data["file"]) if data.get("file") else None
        return cls(**{**data, "figures": figures, "file": file})


@dataclass
class Result:
    """The outputs of a run; if `problems` is not empty, it failed.

    opened: the files that were read and the folders that were listed, each with its stamp at that
        moment, None if it did not exist; paths are relative to the project's root if they lie
        below it, else absolute
    versions: the versions of the installed distributions that were imported, by name
    shown_after: by section, the expressions whose values there were compared with the final ones
    warnings: the text on stderr
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
    def of(cls, data: dict[str, Any]) -> Self:
        sections = {
            name: SectionOutput(output["text"], [Figure(**figure) for figure in output["figures"]])
            for name, output in data["sections"].items()
        }
        values = {expression: Value.of(value) for expression, value in data["values"].items()}
        problems = [Problem(**{**p, "pages": tuple(p["pages"])}) for p in data["problems"]]
        return cls(**{**data, "sections": sections, "values": values, "problems": problems})
