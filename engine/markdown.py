# SPDX-License-Identifier: MIT
"""The Markdown extension: brings the outputs up to date and puts values into sentences.

Code and outputs are then included by pymdownx.snippets, which this comes just before. It is all
that a generator needs that knows Python-Markdown and nothing of hooks, such as Zensical; under
MkDocs, `engine.mkdocs_hooks` drives the same engine once per build.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from engine.build import Engine, Report, engine_for
from engine.pages import VALUE, Include, Value, read_page
from engine.problems import EngineError

BEFORE_SNIPPETS = 33  # pymdownx.snippets has 32


class OutputsExtension(Extension):
    """Options: `root`, the folder that holds docs/ and snippets/ (default: the current one)."""

    def __init__(self, **options: Any) -> None:
        self.config = {"root": [".", "the folder that holds docs/ and snippets/"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        engine = engine_for(Path(self.getConfig("root")))
        md.preprocessors.register(OutputsPreprocessor(md, engine), "outputs", BEFORE_SNIPPETS)


class OutputsPreprocessor(Preprocessor):
    def __init__(self, md: Markdown, engine: Engine) -> None:
        super().__init__(md)
        self.engine = engine

    def run(self, lines: list[str]) -> list[str]:
        shown = list(read_page(lines))
        if not shown:
            return lines
        report = self.engine.report if self.engine.driven else self.drive()
        project = self.engine.project
        # Absolute, since a base path is otherwise taken from wherever the generator was launched.
        self.md.preprocessors["snippet"].base_path = [str(project.snippets), str(project.outputs)]
        told: list[str] = []
        for one in shown:
            error = self.engine.wrong_with(one, report)
            stem = getattr(one, "stem", "")
            problems = [] if stem in report.results else list(map(str, report.problems_of(stem)))
            if error or problems:
                told += [text for text in problems or [error] if text not in told]
                lines[one.line - 1] = instead_of(one, lines[one.line - 1])
            elif isinstance(one, Value):
                lines[one.line - 1] = with_value(one, lines[one.line - 1], report)
        return ([error_block(told), ""] if told else []) + lines

    def drive(self) -> Report:
        """Where no hook drives the engine, every page asks; little is done if nothing changed."""
        report = self.engine.refresh_if_changed()
        if report.problems and "serve" not in sys.argv:
            raise EngineError(report.problems)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        return report


def with_value(value: Value, line: str, report: Report) -> str:
    kept = report.results[value.stem].values[value.expression]
    if value.alone and kept["table"]:
        indent = line[: len(line) - len(line.lstrip())]
        return f"\n{indent}{kept['table']}\n"
    return VALUE.sub(
        lambda match: (
            kept["text"]
            if (match["stem"], match["expression"]) == (value.stem, value.expression)
            else match[0]
        ),
        line,
    )


def instead_of(shown: Any, line: str) -> str:
    if isinstance(shown, Value):
        return VALUE.sub("(no value: see the error above)", line)
    if isinstance(shown, Include):
        return f"{shown.indent}(nothing to show: see the error at the top of this page)"
    return line


def error_block(messages: list[str]) -> str:
    """One line of HTML, so that Markdown takes no part of it for its own."""
    text = html.escape("\n\n".join(messages)).replace("\n", "&#10;")
    told = f"<p>This page is not whole.</p><pre>{text}</pre>"
    return f'<div class="engine-error" role="alert">{told}</div>'


def makeExtension(**options: Any) -> OutputsExtension:
    return OutputsExtension(**options)
