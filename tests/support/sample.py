# SPDX-License-Identifier: MIT
"""A small project for a test, with the few verbs that a claim needs."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from engine.build import Engine
from engine.model.build import Build
from engine.model.project import Options, Project
from engine.model.result import Result
from engine.run.pool import Pool
from engine.write.page import markdown


def outputs_of(result: Result) -> dict[str, str]:
    """Return everything that a run printed and drew: `sum.txt`, `picture.svg`, `picture_2.svg`."""
    found = {}
    for name, section in result.sections.items():
        found |= {f"{name}.txt": section.text} if section.text else {}
        for place, figure in enumerate(section.figures, start=1):
            found[f"{name}{f'_{place}' if place > 1 else ''}.svg"] = figure.svg
    return found


class Sample:
    """A project in a temporary folder. Its snippets run in a worker shared by all tests."""

    def __init__(self, root: Path, pool: Pool) -> None:
        self.root = root.resolve()
        self.pool = pool
        (self.root / "docs").mkdir()
        (self.root / "snippets").mkdir()
        self.options = Options()
        self.engine = self.fresh_engine()
        self.build = Build()

    def fresh_engine(self) -> Engine:
        """Replace the engine, as a new process would: only the cache on disk remains."""
        self.engine = Engine(Project(self.root, options=self.options))
        self.engine.pool = self.pool
        return self.engine

    def snippet(self, text: str, stem: str = "one") -> Path:
        path = self.root / "snippets" / f"{stem}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    def section(self, body: str, stem: str = "one", name: str = "part") -> Path:
        """Write a snippet with a single hidden section, which no page has to show."""
        body = dedent(body).strip("\n")
        return self.snippet(
            f"# --8<-- [start:{name}] hidden\n{body}\n# --8<-- [end:{name}]\n", stem
        )

    def page(self, text: str, name: str = "page") -> Path:
        path = self.root / "docs" / f"{name}.md"
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    def refresh(self) -> Build:
        self.build = self.engine.refresh()
        return self.build

    def output(self, name: str) -> str:
        """Return the output `stem/section.txt` of the last build."""
        stem, _, file = name.rpartition("/")
        return outputs_of(self.build.results[stem])[file]

    def markdown(self, name: str = "page") -> str:
        """Return a page of the last build as the site generator gets it."""
        page = next(page for page in self.build.pages if page.name == f"{name}.md")
        return markdown(page, self.build)

    def printed(self, body: str) -> str:
        """Return the output of the body, run as the only section of a snippet."""
        self.section(body)
        report = self.refresh()
        assert not report.problems, "\n".join(map(str, report.problems))
        return self.output("one/part.txt")

    def problem(self, body: str | None = None) -> str:
        """Return the message of a build that has exactly one problem."""
        if body is not None:
            self.section(body)
        problems = self.refresh().problems
        assert len(problems) == 1, "\n".join(map(str, problems))
        return str(problems[0])
