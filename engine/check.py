# SPDX-License-Identifier: MIT
"""Check pages against results: names on pages must exist, and pages must show every output."""

import difflib
from collections.abc import Iterable, Iterator

from engine.model.build import Build, Snippet
from engine.model.page import Block, Example, Malformed, Print, Value, WholeFile, walk
from engine.model.problem import Problem, did_you_mean
from engine.model.project import SNIPPETS, Project
from engine.model.result import Result, SectionOutput
from engine.read.glossary import GLOSSARY, TERM_LINK, read_terms

Shown = Example | Print | Value | WholeFile
# The parts of a section, and those that each verb of a directive shows.
CODE, PRINTED, DRAWN = "section {}", "what section {} prints", "what section {} draws"
SHOWN_BY = {
    "": (CODE, PRINTED, DRAWN),
    "code": (CODE,),
    "output": (PRINTED, DRAWN),
    "figure": (CODE, DRAWN),
}


def problems(project: Project, build: Build) -> Iterator[Problem]:
    """Yield the problems of all pages, and the sections and outputs that no page shows."""
    for page in build.pages:
        for block in walk(page.blocks):
            for message in problems_with(project, build, block):
                yield Problem(f"{page.where}:{block.line}", message)
    yield from unshown(build)
    yield from problems_with_glossary(build)


def problems_with(project: Project, build: Build, block: Block) -> Iterator[str]:
    """Yield the reasons why a page cannot show a block, other than that its snippet failed."""
    if isinstance(block, Malformed):
        if not (block.is_include and project.has_includes):
            yield block.message
        return
    if not isinstance(block, Shown):
        return
    snippet, result = build.snippets.get(block.stem), build.results.get(block.stem)
    if result is None and any(problem.snippet == block.stem for problem in build.problems):
        return  # the snippet failed, which is reported
    file = f"{SNIPPETS}/{block.stem}.py"
    if snippet is None:
        stems = map(project.stem, project.python())
        yield f"there is no {file}; {existing_names(block.stem, stems)}"
    elif isinstance(block, Value | Print):
        yield from problems_with_value(block, result)
    elif isinstance(block, Example):
        yield from problems_with_sections(block, snippet, result, file)


def problems_with_sections(
    block: Example, snippet: Snippet, result: Result | None, file: str
) -> Iterator[str]:
    names = [section.name for section in snippet.sections]
    missing = [name for name in block.sections if name not in names]
    for name in missing:
        yield f'{file} has no section "{name}"; {existing_names(name, names)}'
    if result and not missing:
        outputs = result.sections
        drawing = {name for name in names if name in outputs and outputs[name].figures}
        speaking = drawing | {name for name in names if name in outputs and outputs[name].text}
        sections = " and ".join(f'"{name}"' for name in block.sections)
        if block.verb == "output" and speaking.isdisjoint(block.sections):
            others = ", ".join(sorted(speaking)) or "none"
            yield f"{file} printed and drew nothing in {sections}; sections that do: {others}"
        if block.verb == "figure" and drawing.isdisjoint(block.sections):
            others = ", ".join(sorted(drawing)) or "none"
            yield f"{file} drew nothing in {sections}; sections that do: {others}"


def problems_with_value(block: Value | Print, result: Result | None) -> Iterator[str]:
    if result is None:
        return
    shown = f"{block.stem}: {block.expression}"
    shown = f"::: print {shown}" if isinstance(block, Print) else f"{{{{ {shown} }}}}"
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
        form = next((name for name, value in forms.items() if value), "a text of many lines")
        yield f"{shown}: {form} cannot stand in a sentence: give it a line of its own"


def unshown(build: Build) -> Iterator[Problem]:
    """Yield a problem for each section or output that no page shows, except hidden sections."""
    shown: set[tuple[str, str, str]] = set()
    for page in build.pages:
        for block in walk(page.blocks):
            if isinstance(block, WholeFile) and block.stem in build.snippets:
                sections = build.snippets[block.stem].sections
                shown |= {(block.stem, section.name, CODE) for section in sections}
            elif isinstance(block, Example):
                parts = SHOWN_BY[block.verb]
                shown |= {(block.stem, name, part) for name in block.sections for part in parts}
    for stem, snippet in build.snippets.items():
        result = build.results.get(stem) or Result(stem)
        for section in snippet.sections:
            output = result.sections.get(section.name) or SectionOutput()
            produced = {CODE: True, PRINTED: output.text, DRAWN: output.figures}
            for part in (part for part, exists in produced.items() if exists):
                if not section.hidden and (stem, section.name, part) not in shown:
                    subject = part.format(f'"{section.name}"')
                    advice = 'show it, or write "hidden" after the start marker'
                    where = f"{snippet.where}:{section.start}"
                    yield Problem(where, f"no page shows {subject}: {advice}")


def problems_with_glossary(build: Build) -> Iterator[Problem]:
    """Yield the problems of terms in the glossary, and links to terms that do not exist."""
    glossary = next((page for page in build.pages if page.name == GLOSSARY), None)
    slugs = set()
    if glossary:
        for term in read_terms(glossary):
            slugs.add(term.slug)
            if term.problem:
                yield Problem(f"{glossary.where}:{term.line}", term.problem)
    for page in build.pages:
        for number, line in enumerate(page.text.splitlines(), start=1):
            for link in TERM_LINK.finditer(line):
                if (slug := link["slug"]) not in slugs:
                    message = f'docs/{GLOSSARY} has no term "{slug}"{did_you_mean(slug, slugs)}'
                    yield Problem(f"{page.where}:{number}", message)


def existing_names(name: str, names: Iterable[str]) -> str:
    """Return the part of a message that lists the existing names, a similar one first."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1)
    rest = [n for n in sorted(names) if n not in close]
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}{'other ' if close else ''}names there: {', '.join(rest) or 'none'}"
