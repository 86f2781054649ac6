# SPDX-License-Identifier: MIT
"""The Markdown extension: brings the outputs up to date and puts values into sentences.

Code and outputs are then included by pymdownx.snippets, which this comes just before. It is all
that a generator needs that knows Python-Markdown and nothing of hooks, such as Zensical; under
MkDocs, `engine.site.mkdocs_hooks` drives the same engine once per build.
"""

from __future__ import annotations

import functools
import html
import re
import secrets
import sys
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from engine.build import Engine, Report, engine_for
from engine.model.problem import EngineError, Problem, visible
from engine.model.project import Project
from engine.programs.prove import blocks_of
from engine.read.old_page import VALUE, Include, Value, beside, read_page

BEFORE_SNIPPETS = 33  # pymdownx.snippets has 32
BEFORE_FENCES = 28  # normalizing comes at 30, and would take a placeholder away; fences at 25


class OutputsExtension(Extension):
    """Options: `root` and `elements`, as said below."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "root": [".", "the folder that holds docs/ and snippets/"],
            "elements": [[], "custom elements that hold Markdown, as a <div markdown> does"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        engine = engine_for(Path(self.getConfig("root")))
        md.block_level_elements.extend(["template", *self.getConfig("elements")])
        raw = RawPreprocessor(md)
        outputs = OutputsPreprocessor(md, engine, raw)
        md.preprocessors.register(outputs, "outputs", BEFORE_SNIPPETS)
        md.preprocessors.register(raw, "outputs_raw", BEFORE_FENCES)


class RawPreprocessor(Preprocessor):
    """Puts HTML of the engine's where only a placeholder can go: inside folded, indented parts."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.kept: list[str] = []
        self.mark = f"engine-html-{secrets.token_hex(8)}"  # no output can hold it by design
        self.line = re.compile(rf"^(\s*){self.mark}-(\d+)$")

    def keep(self, text: str) -> str:
        """A line that stands for HTML until this runs."""
        self.kept.append(text)
        return f"{self.mark}-{len(self.kept) - 1}"

    def run(self, lines: list[str]) -> list[str]:
        def placed(line: str) -> str:
            match = self.line.match(line) if self.kept else None
            return match[1] + self.md.htmlStash.store(self.kept[int(match[2])]) if match else line

        placed_lines = [placed(line) for line in lines]
        self.kept.clear()
        return placed_lines


class OutputsPreprocessor(Preprocessor):
    def __init__(self, md: Markdown, engine: Engine, raw: RawPreprocessor) -> None:
        super().__init__(md)
        self.engine, self.raw = engine, raw

    def run(self, lines: list[str]) -> list[str]:
        shown = list(read_page(lines))
        if not shown:
            return lines
        report = self.engine.report if self.engine.driven else self.drive()
        project = self.engine.project
        # Absolute, since a base path is otherwise taken from wherever the generator was launched.
        snippets = self.md.preprocessors["snippet"]
        snippets.base_path = [str(project.snippets), str(project.outputs)]
        snippets.read_lines = functools.partial(as_it_was, report, project)
        told: list[str] = []
        for one in shown:
            line = lines[one.line - 1]
            error = self.engine.wrong_with(one, report)
            stem = getattr(one, "stem", "")
            problems = [] if stem in report.results else list(map(str, report.problems_of(stem)))
            if error or problems:
                told += [text for text in problems or [error] if text not in told]
                lines[one.line - 1] = instead_of(one, line)
            elif isinstance(one, Value):
                lines[one.line - 1] = self.with_value(one, lines, report)
            elif isinstance(one, Include) and one.output and one.output.endswith(".svg"):
                figure = report.outputs[one.stem][one.output]
                lines[one.line - 1] = self.block(figure, *around(lines, one.line))
        for opening, block in blocks_of(shown).items():
            if program := report.programs.get(block):
                above, line, _ = around(lines, opening)
                kept = self.block(with_program(program), above, line, line)
                lines[opening - 1] = f"{kept}\n{line}"
        if told and self.engine.driven and "serve" not in sys.argv:  # after the engine's own look
            raise EngineError([Problem("a page that was made", what) for what in told])
        return [self.block(error_block(told), "", "", "below"), *lines] if told else lines

    def block(self, text: str, above: str, line: str, below: str) -> str:
        """HTML as a block of its own, as far in as the line whose place it takes.

        With one blank line around it: a second one would end the footnote that it is in.
        """
        indent = line[: len(line) - len(line.lstrip())]
        first, last = ("\n" if near.strip() else "" for near in (above, below))
        return f"{first}{indent}{self.raw.keep(text)}{last}"

    def with_value(self, value: Value, lines: list[str], report: Report) -> str:
        kept = report.results[value.stem].values[value.expression]
        line = lines[value.line - 1]
        if value.alone and kept.table:
            return self.block(kept.table, *around(lines, value.line))
        return VALUE.sub(
            lambda match: (
                beside(kept.text or "", match)
                if (match["stem"], match["expression"]) == (value.stem, value.expression)
                else match[0]
            ),
            line,
        )

    def drive(self) -> Report:
        """Where no hook drives the engine, every page asks; little is done if nothing changed."""
        report = self.engine.refresh_if_changed()
        if report.problems and "serve" not in sys.argv:
            raise EngineError(report.problems)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        return report


def around(lines: list[str], number: int) -> tuple[str, str, str]:
    """The line above one, that line, and the line below it."""
    above, line, below = ["", *lines, ""][number - 1 : number + 2]
    return above.rpartition("\n")[2], line, below


def as_it_was(report: Report, project: Project, path: str) -> list[str]:
    """The lines of a file for a page: as it was run, whatever is on the disk by now."""
    file = Path(path)
    if file.is_relative_to(project.outputs):
        text = report.outputs[file.parent.relative_to(project.outputs).as_posix()][file.name]
    else:
        text = report.snippets[project.stem(file)].text
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if text else []


def with_program(program: str) -> str:
    """A program for the page's script to copy.

    In a template, which instant navigation leaves as it is, while it runs the text of any script.
    """
    text = html.escape(program, quote=False)
    return f'<template class="program" data-search-exclude>{text}</template>'


def instead_of(shown: Any, line: str) -> str:
    if isinstance(shown, Value):
        return VALUE.sub("(no value: see the error above)", line)
    if isinstance(shown, Include):
        return f"{shown.indent}(nothing to show: see the error at the top of this page)"
    return line


def error_block(messages: list[str]) -> str:
    text = html.escape(visible("\n\n".join(messages)))
    told = f"<p>This page is not whole.</p><pre>{text}</pre>"
    return f'<div class="engine-error" role="alert">{told}</div>'


def makeExtension(**options: Any) -> OutputsExtension:
    return OutputsExtension(**options)
