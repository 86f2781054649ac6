# SPDX-License-Identifier: MIT
"""Checks pages against snippets and results: what is named must exist, and be shown somewhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from engine.model.build import Build, Snippet
from engine.model.page import (
    Block,
    Example,
    ForeignInclude,
    Include,
    Malformed,
    Print,
    Value,
    walk,
)
from engine.model.problem import Problem, did_you_mean
from engine.model.project import Project
from engine.model.result import Result
from engine.read.glossary import GLOSSARY, TERM_LINK, read_terms

Shown = Example | Print | Value | Include


def problems(project: Project, build: Build) -> Iterator[Problem]:
    """Yield what is wrong on the pages, and the sections and outputs that no page shows."""
    for page in build.pages:
        for block in walk(page.blocks):
            for what in problems_with(project, build, block):
                yield Problem(f"{page.where}:{block.line}", what)
            if isinstance(block, Include) and (what := misplacement(build, block)):
                yield Problem(f"{page.where}:{block.line}", what)
    yield from unshown(build)
    yield from problems_with_glossary(build)


def problems_with(project: Project, build: Build, block: Block) -> Iterator[str]:
    """Yield why a page cannot show a block, unless its snippet failed, which has a message."""
    if isinstance(block, Malformed):
        if not (isinstance(block, ForeignInclude) and project.foreign_includes):
            yield block.what
        return
    if not isinstance(block, Shown):
        return
    snippet, result = build.snippets.get(block.stem), build.results.get(block.stem)
    if build.problems_of(block.stem) and (snippet is None or result is None):
        return
    file = f"{project.snippets_name}/{block.stem}.py"
    if snippet is None:
        if isinstance(block, Include) and project.foreign_includes:
            return
        known = map(project.stem, project.python())
        yield f"there is no {file}; {names_there(block.stem, known)}"
    elif isinstance(block, Value | Print):
        yield from problems_with_value(block, result)
    else:
        yield from problems_with_sections(block, snippet, result, file)


def problems_with_sections(
    block: Example | Include, snippet: Snippet, result: Result | None, file: str
) -> Iterator[str]:
    wanted = block.sections if isinstance(block, Example) else (block.section or "",)
    names = [section.name for section in snippet.sections]
    missing = [name for name in wanted if name and name not in names]
    for name in missing:
        yield f'{file} has no section "{name}"; {names_there(name, names)}'
    if isinstance(block, Include):
        outputs = result.outputs() if result else {}
        if block.output and block.output not in outputs:
            yield f'{file} produced no "{block.output}"; {names_there(block.output, outputs)}'
    elif result and not missing:
        made = [result.sections[name] for name in wanted if name in result.sections]
        sections = " and ".join(f'"{name}"' for name in wanted)
        if block.verb == "output" and not any(output.text for output in made):
            yield f"{file} printed nothing in {sections}"
        if block.verb == "figure" and not any(output.figures for output in made):
            yield f"{file} drew nothing in {sections}"


def problems_with_value(block: Value | Print, result: Result | None) -> Iterator[str]:
    if result is None:
        return
    shown = f"{{{{ {block.stem}: {block.expression} }}}}"
    value = result.values.get(block.expression)
    if value is None:
        yield f"{shown} came after the snippets ran: build again"
    elif value.error:
        yield f"{shown}: {value.error}"
    elif isinstance(block, Print):
        if value.lines is None and value.text is None:
            yield f"{shown} is no text that could be printed"
    elif value.text is None and value.unfit and not (value.table or value.figures or value.is_text):
        yield f"{shown}: {value.unfit}"
    elif value.text is None and not block.alone:
        forms = {"a table": value.table, "a figure": value.figures, "data": value.data}
        form = next((name for name, there in forms.items() if there), "a text of many lines")
        yield f"{shown}: {form} cannot stand in a sentence: give it a line of its own"


def misplacement(build: Build, include: Include) -> str:
    """Return what is wrong with the place of an include, or "": code could turn into markup."""
    is_figure = (include.output or "").endswith(".svg")
    if include.stem not in build.snippets or is_figure != include.fenced:
        return ""
    if is_figure:
        return f'"{include.target}" is a figure: take it out of the fence'
    where = f"put it between ``` {'text' if include.output else 'py'} and ```"
    return f'"{include.target}" is outside a code fence: {where}'


def unshown(build: Build) -> Iterator[Problem]:
    """Yield what snippets mark or produce and no page shows, hidden sections left out."""
    shown: set[tuple[str, str | None]] = set()
    for page in build.pages:
        for block in walk(page.blocks):
            if isinstance(block, Include):
                shown.add((block.stem, block.output or block.section))
            elif isinstance(block, Example):
                shown |= set(shown_by_example(block, build))
    for stem, snippet in build.snippets.items():
        result = build.results.get(stem)
        outputs = result.outputs_of_sections() if result else {}
        for section in snippet.sections:
            if section.hidden:
                continue
            code_is_shown = shown & {(stem, section.name), (stem, None)}
            missing = [] if code_is_shown else [f'section "{section.name}"']
            missing += [
                f'the output "{stem}/{name}"'
                for name in outputs.get(section.name, ())
                if (stem, name) not in shown
            ]
            for what in missing:
                mend = 'show it, or write "hidden" after the start marker'
                where = f"{snippet.where}:{section.start}"
                yield Problem(where, f"no page shows {what}: {mend}")


def shown_by_example(block: Example, build: Build) -> Iterator[tuple[str, str]]:
    """Yield the sections and the names of the outputs that a directive puts on its page."""
    result = build.results.get(block.stem)
    outputs = result.outputs_of_sections() if result else {}
    endings = {"": (".txt", ".svg"), "output": (".txt",), "figure": (".svg",), "code": ()}
    for name in block.sections:
        if block.verb != "output":
            yield block.stem, name
        for output in outputs.get(name, ()):
            if output.endswith(endings[block.verb]):
                yield block.stem, output


def problems_with_glossary(build: Build) -> Iterator[Problem]:
    """Yield terms without a definition, and links to terms that the glossary does not have."""
    glossary = next((page for page in build.pages if page.name == GLOSSARY), None)
    known = set()
    if glossary:
        for term in read_terms(glossary):
            known.add(term.slug)
            if term.problem:
                yield Problem(f"{glossary.where}:{term.line}", term.problem)
    for page in build.pages:
        for number, line in enumerate(page.text.splitlines(), start=1):
            for link in TERM_LINK.finditer(line):
                if (slug := link["slug"]) not in known:
                    what = f'docs/{GLOSSARY} has no term "{slug}"{did_you_mean(slug, known)}'
                    yield Problem(f"{page.where}:{number}", what)


def names_there(name: str, names: Iterable[str]) -> str:
    """Return a sentence with the names that do exist, the likely one first."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1)
    rest = [other for other in sorted(names) if other not in close]
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}{'other ' if close else ''}names there: {', '.join(rest) or 'none'}"
