# SPDX-License-Identifier: MIT
"""Walks over the blocks of chapters, and makes cells of them.

A notebook stands alone: what a chapter takes from elsewhere comes in cells of its own. Its cells
are the same in both kinds, but for the lines that are blank in the hands-on one.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.model.build import Build
from engine.model.page import (
    Block,
    Container,
    Example,
    Fence,
    Heading,
    Print,
    Prose,
    Value,
    WholeFile,
)
from engine.model.problem import EngineError, Problem
from engine.model.result import Figure
from engine.programs.slicer import in_order_of_imports
from engine.programs.statements import Statement
from engine.read.page import VALUE
from engine.read.snippet import is_measured
from engine.write.notebook import exercises, prose
from engine.write.notebook.blanks import Blanks
from engine.write.notebook.code import Code, Prerequisites
from engine.write.notebook.exercises import Exercise
from engine.write.notebook.plan import Plan, title_of
from engine.write.page import escape_in_context, fence, title_of_output
from engine.write.words import template, words

# Of packages that the imports at the top do not name, or that pip has to be asked for in some way.
INSTALL = re.compile(r'^INSTALL = "(?P<commands>pip install .+)"$', re.MULTILINE)


@dataclass
class Cell:
    """A cell of a notebook.

    source: the text of a Markdown cell, or the code of the solved notebook
    hands_on: the code with blanks, where it has any
    outputs: what the code printed and drew in this build
    shown: the sections or the expression that the code is
    role: "prose", "hint" (prose of hands-on notebooks), "code", "answer" (a try at an exercise),
        "given" (what earlier chapters made), "helper" and "figure" (code that is folded away), or
        "measured" (outputs differ from run to run)
    """

    source: str
    role: str
    hands_on: str = ""
    outputs: list[str | Figure] = field(default_factory=list)
    shown: Shown | None = None


@dataclass(frozen=True)
class Shown:
    """Sections of a snippet, or an expression, in one of the ways in which a page shows them.

    how: "code", "output" or "figure"
    sections: none where a file is shown whole, or where it is an expression
    text: of an output, with its title
    """

    how: str
    stem: str
    sections: tuple[str, ...] = ()
    expression: str = ""
    text: str = ""

    @property
    def keys(self) -> set[tuple[str, str]]:
        return {(self.stem, name) for name in self.sections}


class Cells:
    """Composes the cells of one notebook.

    used: sections that are cells, each with its snippet
    later: sections whose cells are still to come on the page
    waiting: figures of what such sections make
    tried: sections that are cells and part of a solution, too
    """

    def __init__(self, plan: Plan, build: Build, code: Code, blanks: Blanks) -> None:
        self.plan, self.build, self.code, self.blanks = plan, build, code, blanks
        self.cells: list[Cell] = []
        self.used: dict[tuple[str, str], None] = {}
        self.later: set[tuple[str, str]] = set()
        self.waiting: list[Cell] = []
        self.tried: set[tuple[str, str]] = set()
        self.answers: dict[str, Exercise] = {}  # to what readers may answer, by title
        self.notes: dict[tuple[str, str], str] = {}  # footnotes by page and name, as marked

    def compose(self) -> list[Cell]:
        """Return the cells of all chapters, and those of the notes."""
        for page in self.plan.pages:
            self.page = page
            self.later = set(coming_code(page.blocks))
            before = None
            for block in page.blocks:
                if isinstance(block, Container) and is_folded(block):
                    self.add_exercise(before, block)
                self.add(block)
                before = block
            self.later = set()
            self.draw_waiting()
        if after := self.plan.next:
            self.say(words()["next"].format(f"[{title_of(after)}](site:{after.name})"))
        if self.notes:
            texts = [textwrap.indent(text, " " * 4).strip() for text in self.notes.values()]
            lines = [f"{number}. {text}" for number, text in enumerate(texts, start=1)]
            self.say("\n".join([words()["notes"], "", *lines]))
        return self.cells

    def add(self, block: Block) -> None:
        """Add a block; an admonition as quotations, with the cells of its code between them.

        What it folds away stands between them, too: no Markdown is read in a quoted <details>.
        """
        texts: list[str] = []
        blocks: Iterable[Block] = [block]
        if isinstance(block, Container) and block.kind == "admonition":
            texts, blocks = [bold(self.title(block))], block.blocks
        for origin, part in [(inner, part) for inner in blocks for part in self.parts(inner)]:
            if isinstance(part, str):
                if origin is not block and isinstance(origin, Container) and is_folded(origin):
                    self.say(framed(block, texts))
                    self.say(part)
                    texts = []
                else:
                    texts.append(part)
                continue
            self.say(framed(block, texts))
            texts = []
            if part.how == "code":
                self.add_code(part)
            elif part.how == "figure":
                self.add_figure(part)
            elif not self.is_used(part):
                self.say(part.text)
        self.say(framed(block, texts))

    def say(self, text: str) -> None:
        """Add to the Markdown cell that is being written, or begin one; a heading begins one."""
        text = text.strip("\n")
        last = self.cells[-1] if self.cells else None
        if last and last.role == "prose" and not re.match(r"#{1,6} ", text):
            last.source += f"\n\n{text}" if text else ""
        elif text:
            self.cells.append(Cell(text, "prose"))

    # Blocks as Markdown, and as what they show

    def parts(self, block: Block) -> Iterator[str | Shown]:
        """Yield a block as Markdown, and as what it shows of snippets, in order."""
        match block:
            case Container():
                figures: list[Shown] = []
                yield self.contained(block, figures)
                yield from figures  # an output cannot stand inside of prose
            case Heading():
                level = block.level + 1 if self.plan.whole else block.level
                yield self.plain(f"{'#' * level} {self.filled(block.text, block.values)}")
            case Fence():
                yield f"{block.marks}{block.info}\n{block.text}\n{block.marks}"
            case Prose():
                yield from self.prose(block)
            case Print():
                value = self.build.value(block)
                yield self.output(block.stem, block.title, value.lines or value.text or "")
            case Example():
                yield from self.example(block)
            case WholeFile():
                yield Shown("code", block.stem)

    def prose(self, block: Prose) -> Iterator[str | Shown]:
        """Yield prose, divided where a figure or an output stands on a line of its own."""
        lines: list[str] = []
        values = iter(block.values)
        for line in block.text.split("\n"):
            inside = [next(values) for _ in VALUE.finditer(line)]
            shown = self.shown_alone(inside[0]) if inside and inside[0].alone else None
            if shown is None:
                lines.append(self.filled(line, inside))
                continue
            yield self.plain("\n".join(lines))
            yield shown
            lines = []
        yield self.plain("\n".join(lines))

    def shown_alone(self, value: Value) -> Shown | None:
        """Return the figure or the output that a value on a line of its own shows."""
        found = self.build.value(value)
        if found.figures:
            return Shown("figure", value.stem, expression=value.expression)
        is_output = found.lines and not found.table
        return self.output(value.stem, None, found.lines) if is_output else None

    def example(self, block: Example) -> Iterator[Shown]:
        outputs = self.build.outputs(block.stem, block.sections)
        text = "".join(output.text for output in outputs)
        if block.verb in ("", "code"):
            yield Shown("code", block.stem, block.sections)
        if text and block.verb in ("", "output"):
            yield self.output(block.stem, block.title, text, block.sections)
        if block.verb != "code":
            yield Shown("figure", block.stem, block.sections)

    def output(
        self, stem: str, title: str | None, text: str | None, sections: tuple[str, ...] = ()
    ) -> Shown:
        title = title or title_of_output(self.build.snippets[stem])
        return Shown("output", stem, sections, text=f"{title}:\n\n{fence(' text', text or '')}")

    def contained(self, block: Container, figures: list[Shown]) -> str:
        """Return what a container holds as Markdown, its code too, so that it stays folded.

        A footnote becomes a note at the end of the notebook. Figures are added to `figures`.
        """
        texts: list[str] = []
        for inner in block.blocks:
            if isinstance(inner, Container):
                texts.append(self.contained(inner, figures))
                continue
            for part in self.parts(inner):
                if isinstance(part, str):
                    texts.append(part)
                elif part.how == "figure":
                    figures.append(part)
                elif part.keys & self.tried or not self.is_used(part):
                    texts.append(part.text or self.code_fence(part))
        title, text = self.title(block), joined(texts)
        if block.kind == "footnote":
            self.mark(block.name)
            self.notes[self.page.name, block.name] = text
            return ""
        if is_folded(block):
            return prose.folded(title, text) if text else ""
        return framed(block, [bold(title), text])

    def title(self, block: Container) -> str:
        return self.filled(block.title or block.name.capitalize(), block.values)

    def plain(self, text: str) -> str:
        own = tuple(page.name for page in self.plan.pages) if self.plan.whole else ()
        return prose.plain(text, self.page.name, self.mark, own)

    def filled(self, text: str, values: Iterable[Value]) -> str:
        """Return a line with its values put in."""
        waiting = iter(values)

        def valued(match: re.Match[str]) -> str:
            value = next(waiting)
            found = self.build.value(value)
            if value.alone and found.table:
                return re.sub(r' class="tensor"| data-[a-z]+="[^"]*"', "", found.table)
            return escape_in_context(found.text or "", text[: match.start()], text[match.end() :])

        return VALUE.sub(valued, text)

    def mark(self, name: str) -> str:
        """Return the mark of a footnote; they are numbered as they are first named."""
        key = (self.page.name, name)
        self.notes.setdefault(key, "")
        return f"<sup>{list(self.notes).index(key) + 1}</sup>"

    # Exercises

    def add_exercise(self, question: Block | None, solution: Container) -> None:
        """Add what a reader may try before a solution: an answer, or code that has a check."""
        first = solution.blocks[0] if solution.blocks else None
        if solution.name == "quiz" and isinstance(question, Prose) and isinstance(first, Prose):
            text = joined(part for part in self.prose(first) if isinstance(part, str))
            title = exercises.title_of(question.text, self.answers)
            if exercise := exercises.read(title, text):
                self.answers[title] = exercise
                solved, output = exercise.cell(exercise.right), f"{exercise.praise()}\n"
                self.cells.append(Cell(solved, "answer", exercise.cell(None), [output]))
        for block in solution.blocks:
            if isinstance(block, Example) and any(
                self.blanks.check(block.stem, name) for name in block.sections
            ):
                shown = Shown("code", block.stem, block.sections)
                self.tried |= shown.keys
                self.add_code(shown)

    # Code and figures

    def add_code(self, shown: Shown) -> None:
        """Add the sections of one fence; what follows one with blanks comes after its check."""
        if not shown.sections:
            self.say(self.code_fence(shown))  # a file that is shown whole is there to be read
            return
        waiting: list[str] = []
        for name in shown.sections:
            waiting.append(name)
            if checks := self.blanks.check(shown.stem, name):
                self.add_sections(shown.stem, waiting)
                self.add_sections(checks.stem, [name])
                waiting = []
        self.add_sections(shown.stem, waiting)
        self.later -= shown.keys
        self.draw_waiting()

    def add_sections(self, stem: str, names: list[str]) -> None:
        keys = dict.fromkeys((stem, name) for name in names)
        if not names or keys.keys() & self.used.keys():
            return
        self.used |= keys
        source = self.code.piece(stem, names)
        blanked = self.blanks.with_blanks(stem, source)
        hands_on = "" if blanked.text == source else blanked.text
        role = "measured" if is_measured(self.build.snippets[stem].text) else "code"
        shown = Shown("code", stem, tuple(names))
        self.cells.append(Cell(source, role, hands_on, self.outputs(stem, names), shown))
        further = [
            prose.folded(words()["help"].format(f"`{name}`"), text)
            for name, text in blanked.help.items()
            if text
        ]
        if further:
            self.cells.append(Cell(joined(further), "hint"))

    def add_figure(self, shown: Shown) -> None:
        """Add a figure with the code that draws it, folded away.

        A page may show it above the code that makes the drawn tensors. Then it waits for that.
        """
        if self.is_used(shown):
            return
        if shown.expression:
            value = self.build.results[shown.stem].values[shown.expression]
            cell = Cell(shown.expression, "figure", "", [*value.figures], shown)
        else:
            self.used |= dict.fromkeys(shown.keys)
            source = self.code.piece(shown.stem, shown.sections)
            cell = Cell(source, "figure", "", self.outputs(shown.stem, shown.sections), shown)
        self.waiting.append(cell)
        self.draw_waiting()

    def draw_waiting(self) -> None:
        """Add the figures whose tensors are there by now."""
        coming = self.code.statements(self.later) if self.waiting else set()
        waiting, self.waiting = self.waiting, []
        for cell in waiting:
            early = coming and coming & self.needed(cell)
            (self.waiting if early else self.cells).append(cell)

    def needed(self, cell: Cell) -> set[Statement]:
        """Return the statements that a cell needs from elsewhere."""
        if shown := cell.shown:
            return self.code.needed(shown.stem, shown.sections, shown.expression)
        return set()

    def is_used(self, shown: Shown) -> bool:
        """Whether all that it shows is in a cell already, or there is nothing to draw."""
        if not shown.sections:
            return False
        outputs = self.build.outputs(shown.stem, shown.sections)
        is_empty = shown.how == "figure" and not any(output.figures for output in outputs)
        return is_empty or shown.keys <= self.used.keys()

    def code_fence(self, shown: Shown) -> str:
        if not shown.sections:
            return fence("python", self.build.snippets[shown.stem].text)
        return fence("python", self.code.piece(shown.stem, shown.sections))

    def outputs(self, stem: str, names: Iterable[str]) -> list[str | Figure]:
        found: list[str | Figure] = []
        for output in self.build.outputs(stem, names):
            found += [output.text, *output.figures] if output.text else output.figures
        return found

    # What the cells need

    def helpers(self, colors: list[str]) -> Iterator[Cell]:
        """Yield cells with imports and with all that the other cells take from elsewhere.

        colors: those of matplotlib's cycle
        """
        sections: dict[str, list[str]] = {}
        for stem, name in self.used:
            sections.setdefault(stem, []).append(name)
        expressions = [
            (cell.shown.stem, cell.shown.expression)
            for cell in self.cells
            if cell.shown and cell.shown.expression
        ]
        needed = self.code.prerequisites(sections, expressions)
        if between := self.code.between(needed, self.used):
            needed = self.code.prerequisites(sections, expressions, between)
            self.insert(between)
        self.check_names(needed)
        rooms: dict[str, list[str]] = {"drawing": [], "checks": [], "given": []}
        for path, text in needed.texts.items():
            rooms[self.blanks.room(self.code.slicer.source(path))].append(text)
        imports = needed.imports
        if rooms["drawing"] or any(isinstance(o, Figure) for c in self.cells for o in c.outputs):
            imports = in_order_of_imports({*imports, "import matplotlib.pyplot as plt"})
            rooms["drawing"].insert(0, template("notebook_drawing.py.j2").render(colors=colors))
        if self.answers:
            text = template("notebook_answers.py.j2").render(exercises=self.answers.values())
            rooms["checks"].append(text)
        if imports:
            read = self.code.slicer.source
            paths = {*needed.texts, *(self.build.snippets[stem].path for stem in sections)}
            text = template("notebook_install.py.j2").render(
                packages=sorted(packages_of(imports)),
                installs=dict(installs(map(read, sorted(paths)))),
            )
            yield Cell("\n".join([text, *imports]), "code")
        if rooms["given"]:  # what draws and what checks may take from it
            yield Cell("\n".join([words()["given"], "\n\n".join(rooms["given"])]), "given")
        if rooms["drawing"]:
            yield Cell("\n\n".join([words()["folded_drawing"], *rooms["drawing"]]), "helper")
        if rooms["checks"]:
            yield Cell("\n\n\n".join([words()["folded_checks"], *rooms["checks"]]), "helper")

    def check_names(self, given: Prerequisites) -> None:
        """Raise EngineError where a cell binds a helper's name, and a later cell needs the helper.

        In the project they are names of two files; in a notebook there is one of each name. The
        same statement in both does no harm.
        """
        helpers = {
            name: (path, statement)
            for path, statements in given.statements.items()
            for statement in statements
            for name in statement.names.binds
        }
        taken: dict[str, str] = {}  # where a cell binds the name of a helper
        for cell in self.cells:
            for name in taken:
                path, helper = helpers[name]
                if helper in self.needed(cell):
                    there = self.code.slicer.where(path, helper.first)
                    message = (
                        f'binds "{name}", and in a notebook that takes away the one of {there}, '
                        f"which a later cell needs: give one of the two another name"
                    )
                    raise EngineError([Problem(taken[name], message)])
            snippet = self.build.snippets[cell.shown.stem] if cell.shown else None
            for statement in self.code.statements(cell.shown.keys) if cell.shown else ():
                for name in statement.names.binds & helpers.keys():
                    path, helper = helpers[name]
                    is_same = statement.is_import or statement.text == helper.text
                    if snippet and snippet.path != path and not is_same:
                        taken.setdefault(name, f"{snippet.where}:{statement.first}")

    def insert(self, statements: Iterable[Statement]) -> None:
        """Put each statement in front of the first cell that needs it."""
        waiting = list(statements)
        for cell in self.cells:
            if mine := [s for s in waiting if s in self.needed(cell)]:
                waiting = [statement for statement in waiting if statement not in mine]
                above = "\n".join(statement.text for statement in mine)
                cell.source = f"{above}\n\n{cell.source}"
                cell.hands_on = cell.hands_on and f"{above}\n\n{cell.hands_on}"


def packages_of(imports: Iterable[str]) -> set[str]:
    """Return the packages that lines of imports need, which Python does not bring."""
    modules = {line.split()[1].partition(".")[0] for line in imports}
    return modules - sys.stdlib_module_names


def installs(sources: Iterable[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield what the INSTALL of a snippet says: the modules that it brings, and commands of pip."""
    for found in filter(None, map(INSTALL.search, sources)):
        commands = found["commands"].split(" && ")
        packages = [word for one in commands for word in one.split()[2:] if word[0] != "-"]
        modules = tuple(re.split("[^\\w-]", name)[0].replace("-", "_") for name in packages)
        yield modules, [one.replace("pip install", "%pip install --quiet") for one in commands]


def joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def bold(title: str) -> str:
    return f"**{title}**" if title else ""


def framed(block: Block, texts: Iterable[str]) -> str:
    text = joined(texts)
    is_quoted = text and isinstance(block, Container) and block.kind == "admonition"
    return prose.quoted(text) if is_quoted else text


def is_folded(block: Container) -> bool:
    return block.kind == "folded"


def coming_code(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Yield the sections whose code becomes a cell, each with its snippet."""
    for block in blocks:
        match block:
            case Container(kind="admonition"):
                yield from coming_code(block.blocks)
            case Example(verb="" | "code"):
                yield from ((block.stem, name) for name in block.sections)
