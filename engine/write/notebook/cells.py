# SPDX-License-Identifier: MIT
"""Compose the cells of a notebook, in their order, from the blocks of chapters.

A notebook runs on its own: helper cells contain the code that the chapters import. Both kinds of a
notebook have the same cells, apart from the blanks and hints of the hands-on one.
"""

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

# Declares packages that the imports do not name, or that need special options of pip.
INSTALL = re.compile(r'^INSTALL = "(?P<commands>pip install .+)"$', re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """The code, the output or the figures of sections or of an expression, as a page shows them.

    how: "code", "output" or "figure"
    sections: () for a whole file or an expression
    text: the Markdown of an output, with its title
    """

    how: str
    stem: str
    sections: tuple[str, ...] = ()
    expression: str = ""
    text: str = ""

    @property
    def keys(self) -> set[tuple[str, str]]:
        return {(self.stem, name) for name in self.sections}


@dataclass
class Cell:
    """A cell of a notebook.

    source: the text of a Markdown cell, or the code in the solved notebook
    hands_on: the code with blanks, or ""
    outputs: the stdout and the figures of the code in this build
    shown: the sections or the expression that the code comes from
    role: "prose", "hint" (prose of hands-on notebooks), "code", "answer" (to an exercise), "given"
        (code of earlier chapters), "helper" and "figure" (code that is folded away), or "measured"
        (code whose outputs differ from run to run)
    """

    source: str
    role: str
    hands_on: str = ""
    outputs: list[str | Figure] = field(default_factory=list)
    shown: Shown | None = None


class Cells:
    """The cells of one notebook, while they are composed.

    used: (stem, section) of each section that is already in a cell, as an ordered set
    later: (stem, section) of the sections that come later on the page
    waiting: figures that depend on such sections
    tried: (stem, section) of the sections in cells that belong to a folded solution
    """

    def __init__(self, plan: Plan, build: Build, code: Code, blanks: Blanks) -> None:
        self.plan, self.build, self.code, self.blanks = plan, build, code, blanks
        self.cells: list[Cell] = []
        self.used: dict[tuple[str, str], None] = {}
        self.later: set[tuple[str, str]] = set()
        self.waiting: list[Cell] = []
        self.tried: set[tuple[str, str]] = set()
        self.answers: dict[str, Exercise] = {}  # exercises that readers can answer, by title
        self.notes: dict[tuple[str, str], str] = {}  # footnotes by page and name, as numbered

    def compose(self) -> list[Cell]:
        """Return the cells of all chapters and their footnotes, without helper cells."""
        for page in self.plan.pages:
            self.page = page
            self.later = set(sections_with_code(page.blocks))
            before = None
            for block in page.blocks:
                if isinstance(block, Container) and is_folded(block):
                    self.add_exercise(before, block)
                self.add(block)
                before = block
            self.later = set()
            self.add_waiting_figures()
        if after := self.plan.next:
            self.add_text(words()["next"].format(f"[{title_of(after)}](site:{after.name})"))
        if self.notes:
            texts = [textwrap.indent(text, " " * 4).strip() for text in self.notes.values()]
            lines = [f"{number}. {text}" for number, text in enumerate(texts, start=1)]
            self.add_text("\n".join([words()["notes"], "", *lines]))
        return self.cells

    def add(self, block: Block) -> None:
        """Add a block. An admonition becomes quotations, with the cells of its code between them.

        Its folded parts stay outside the quotations, as Markdown in a quoted <details> is not read.
        """
        texts: list[str] = []
        blocks: Iterable[Block] = [block]
        if isinstance(block, Container) and block.kind == "admonition":
            texts, blocks = [bold(self.title(block))], block.blocks
        for origin, part in [(inner, part) for inner in blocks for part in self.parts(inner)]:
            if isinstance(part, str):
                if origin is not block and isinstance(origin, Container) and is_folded(origin):
                    self.add_text(quoted_if_admonition(block, texts))
                    self.add_text(part)
                    texts = []
                else:
                    texts.append(part)
                continue
            self.add_text(quoted_if_admonition(block, texts))
            texts = []
            if part.how == "code":
                self.add_code(part)
            elif part.how == "figure":
                self.add_figure(part)
            elif not self.is_used(part):
                self.add_text(part.text)
        self.add_text(quoted_if_admonition(block, texts))

    def add_text(self, text: str) -> None:
        """Append text to the last Markdown cell; headings, and text after code, start a new one."""
        text = text.strip("\n")
        last = self.cells[-1] if self.cells else None
        if last and last.role == "prose" and not re.match(r"#{1,6} ", text):
            last.source += f"\n\n{text}" if text else ""
        elif text:
            self.cells.append(Cell(text, "prose"))

    # Convert blocks

    def parts(self, block: Block) -> Iterator[str | Shown]:
        """Yield the Markdown of a block, and the parts of snippets that it shows, in order."""
        match block:
            case Container():
                figures: list[Shown] = []
                yield self.container_markdown(block, figures)
                yield from figures  # which cannot be part of a Markdown cell
            case Heading():
                level = block.level + 1 if self.plan.whole else block.level
                yield self.plain(f"{'#' * level} {self.fill_values(block.text, block.values)}")
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
        """Yield prose, split at the figures and outputs that values show on their own line."""
        lines: list[str] = []
        values = iter(block.values)
        for line in block.text.split("\n"):
            in_line = [next(values) for _ in VALUE.finditer(line)]
            shown = self.shown_alone(in_line[0]) if in_line and in_line[0].alone else None
            if shown is None:
                lines.append(self.fill_values(line, in_line))
                continue
            yield self.plain("\n".join(lines))
            yield shown
            lines = []
        yield self.plain("\n".join(lines))

    def shown_alone(self, value: Value) -> Shown | None:
        """Return the figure or the output that a value on its own line shows, or None."""
        forms = self.build.value(value)
        if forms.figures:
            return Shown("figure", value.stem, expression=value.expression)
        is_output = forms.lines and not forms.table
        return self.output(value.stem, None, forms.lines) if is_output else None

    def example(self, block: Example) -> Iterator[Shown]:
        outputs = self.build.outputs(block.stem, block.sections)
        text = "".join(output.text for output in outputs)
        if block.verb in ("", "code"):
            yield Shown("code", block.stem, block.sections)
        if text and block.verb in ("", "output"):
            yield self.output(block.stem, block.title, text, block.sections)
        if block.verb != "code" and any(output.figures for output in outputs):
            yield Shown("figure", block.stem, block.sections)

    def output(
        self, stem: str, title: str | None, text: str | None, sections: tuple[str, ...] = ()
    ) -> Shown:
        title = title or title_of_output(self.build.snippets[stem])
        return Shown("output", stem, sections, text=f"{title}:\n\n{fence(' text', text or '')}")

    def container_markdown(self, block: Container, figures: list[Shown]) -> str:
        """Return the Markdown of a container, with its code in fences, so that it stays folded.

        A footnote is moved to the end of the notebook. Figures are added to `figures`.
        """
        texts: list[str] = []
        for inner in block.blocks:
            if isinstance(inner, Container):
                texts.append(self.container_markdown(inner, figures))
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
        return quoted_if_admonition(block, [bold(title), text])

    def title(self, block: Container) -> str:
        return self.fill_values(block.title or block.name.capitalize(), block.values)

    def plain(self, text: str) -> str:
        included = tuple(page.name for page in self.plan.pages) if self.plan.whole else ()
        return prose.plain(text, self.page.name, self.mark, included)

    def fill_values(self, text: str, values: Iterable[Value]) -> str:
        """Return a line with its expressions replaced by their values."""
        remaining = iter(values)

        def replacement(match: re.Match[str]) -> str:
            value = next(remaining)
            forms = self.build.value(value)
            if value.alone and forms.table:
                return re.sub(r' class="tensor"| data-[a-z]+="[^"]*"', "", forms.table)
            return escape_in_context(forms.text or "", text[: match.start()], text[match.end() :])

        return VALUE.sub(replacement, text)

    def mark(self, name: str) -> str:
        """Return the mark of a footnote; the numbers follow the order of first use."""
        key = (self.page.name, name)
        self.notes.setdefault(key, "")
        return f"<sup>{list(self.notes).index(key) + 1}</sup>"

    # Exercises

    def add_exercise(self, question: Block | None, solution: Container) -> None:
        """Add the cells of an exercise that come before its solution: an answer or checked code."""
        first = solution.blocks[0] if solution.blocks else None
        if solution.name == "quiz" and isinstance(question, Prose) and isinstance(first, Prose):
            text = joined(part for part in self.prose(first) if isinstance(part, str))
            title = exercises.title_of(question.text, self.answers)
            if exercise := exercises.read(title, text):
                self.answers[title] = exercise
                solved, output = (
                    exercise.cell(exercise.right),
                    words()["right"].format(exercise.right.words) + "\n",
                )
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
        """Add the sections of a code block; each check follows its section in a cell of its own."""
        if not shown.sections:
            self.add_text(self.code_fence(shown))  # a whole file is only for reading
            return
        names: list[str] = []
        for name in shown.sections:
            names.append(name)
            if checks := self.blanks.check(shown.stem, name):
                self.add_sections(shown.stem, names)
                self.add_sections(checks.stem, [name])
                names = []
        self.add_sections(shown.stem, names)
        self.later -= shown.keys
        self.add_waiting_figures()

    def add_sections(self, stem: str, names: list[str]) -> None:
        keys = dict.fromkeys((stem, name) for name in names)
        if not names or keys.keys() & self.used.keys():
            return
        self.used |= keys
        source = self.code.piece(stem, names)
        blanked, help_by_name = self.blanks.with_blanks(stem, source)
        hands_on = "" if blanked == source else blanked
        role = "measured" if is_measured(self.build.snippets[stem].text) else "code"
        shown = Shown("code", stem, tuple(names))
        self.cells.append(Cell(source, role, hands_on, self.outputs(stem, names), shown))
        further = [
            prose.folded(words()["help"].format(f"`{name}`"), text)
            for name, text in help_by_name.items()
            if text
        ]
        if further:
            self.cells.append(Cell(joined(further), "hint"))

    def add_figure(self, shown: Shown) -> None:
        """Add a figure, with the code that draws it folded away.

        A page may show it above the code that computes its tensors; then it waits for that code.
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
        self.add_waiting_figures()

    def add_waiting_figures(self) -> None:
        """Add the waiting figures that no longer depend on later cells."""
        coming = self.code.statements(self.later) if self.waiting else set()
        waiting, self.waiting = self.waiting, []
        for cell in waiting:
            early = coming and coming & self.needed(cell)
            (self.waiting if early else self.cells).append(cell)

    def needed(self, cell: Cell) -> set[Statement]:
        """Return the statements outside a cell that it depends on."""
        if shown := cell.shown:
            return self.code.needed(shown.stem, shown.sections, shown.expression)
        return set()

    def is_used(self, shown: Shown) -> bool:
        """Return whether all its sections are in cells already."""
        return bool(shown.sections) and shown.keys <= self.used.keys()

    def code_fence(self, shown: Shown) -> str:
        stem, sections = shown.stem, shown.sections
        whole = self.build.snippets[stem].text
        return fence("python", self.code.piece(stem, sections) if sections else whole)

    def outputs(self, stem: str, names: Iterable[str]) -> list[str | Figure]:
        outputs: list[str | Figure] = []
        for output in self.build.outputs(stem, names):
            outputs += [output.text, *output.figures] if output.text else output.figures
        return outputs

    # Helper cells

    def helpers(self, colors: list[str]) -> Iterator[Cell]:
        """Yield the cells with imports and with the code that the other cells depend on.

        colors: the colors of matplotlib's cycle
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
        groups: dict[str, list[str]] = {"drawing": [], "checks": [], "given": []}
        for path, text in needed.texts.items():
            groups[self.blanks.helper_group(self.code.slicer.source(path))].append(text)
        imports = needed.imports
        if groups["drawing"] or any(isinstance(o, Figure) for c in self.cells for o in c.outputs):
            imports = in_order_of_imports({*imports, "import matplotlib.pyplot as plt"})
            groups["drawing"].insert(0, template("notebook_drawing.py.j2").render(colors=colors))
        if self.answers:
            text = template("notebook_answers.py.j2").render(exercises=self.answers.values())
            groups["checks"].append(text)
        if imports:
            read = self.code.slicer.source
            paths = {*needed.texts, *(self.build.snippets[stem].path for stem in sections)}
            text = template("notebook_install.py.j2").render(
                packages=sorted(packages_of(imports)),
                installs=dict(installs(map(read, sorted(paths)))),
            )
            yield Cell("\n".join([text, *imports]), "code")
        if groups["given"]:  # before drawing and checks, which may use its names
            yield Cell("\n".join([words()["given"], "\n\n".join(groups["given"])]), "given")
        if groups["drawing"]:
            yield Cell("\n\n".join([words()["folded_drawing"], *groups["drawing"]]), "helper")
        if groups["checks"]:
            yield Cell("\n\n\n".join([words()["folded_checks"], *groups["checks"]]), "helper")

    def check_names(self, given: Prerequisites) -> None:
        """Raise EngineError if a cell rebinds the name of a helper that a later cell needs.

        In the project, the two names belong to different files; a notebook has only one namespace.
        A statement that both files share is harmless.
        """
        helpers = {
            name: (path, statement)
            for path, statements in given.statements.items()
            for statement in statements
            for name in statement.names.binds
        }
        rebound: dict[str, str] = {}  # by helper, the `file:line` of the cell that rebinds it
        for cell in self.cells:
            for name in rebound:
                path, helper = helpers[name]
                if helper in self.needed(cell):
                    there = self.code.slicer.where(path, helper.first)
                    message = (
                        f'binds "{name}", and in a notebook that takes away the one of {there}, '
                        f"which a later cell needs: give one of the two another name"
                    )
                    raise EngineError([Problem(rebound[name], message)])
            snippet = self.build.snippets[cell.shown.stem] if cell.shown else None
            for statement in self.code.statements(cell.shown.keys) if cell.shown else ():
                for name in statement.names.binds & helpers.keys():
                    path, helper = helpers[name]
                    is_same = statement.is_import or statement.text == helper.text
                    if snippet and snippet.path != path and not is_same:
                        rebound.setdefault(name, f"{snippet.where}:{statement.first}")

    def insert(self, statements: Iterable[Statement]) -> None:
        """Put each statement at the start of the first cell that needs it."""
        remaining = list(statements)
        for cell in self.cells:
            if needed := [s for s in remaining if s in self.needed(cell)]:
                remaining = [statement for statement in remaining if statement not in needed]
                above = "\n".join(statement.text for statement in needed)
                cell.source = f"{above}\n\n{cell.source}"
                cell.hands_on = cell.hands_on and f"{above}\n\n{cell.hands_on}"


def packages_of(imports: Iterable[str]) -> set[str]:
    """Return the top-level modules that lines of imports need, without the standard library."""
    modules = {line.split()[1].partition(".")[0] for line in imports}
    return modules - sys.stdlib_module_names


def installs(sources: Iterable[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield the modules that each INSTALL of a snippet provides, and its commands of pip."""
    for match in filter(None, map(INSTALL.search, sources)):
        commands = match["commands"].split(" && ")
        packages = [word for c in commands for word in c.split()[2:] if word[0] != "-"]
        modules = tuple(re.split("[^\\w-]", name)[0].replace("-", "_") for name in packages)
        yield modules, [c.replace("pip install", "%pip install --quiet") for c in commands]


def joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def bold(title: str) -> str:
    return f"**{title}**" if title else ""


def quoted_if_admonition(block: Block, texts: Iterable[str]) -> str:
    text = joined(texts)
    is_quoted = text and isinstance(block, Container) and block.kind == "admonition"
    return prose.quoted(text) if is_quoted else text


def is_folded(block: Container) -> bool:
    return block.kind == "folded"


def sections_with_code(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Yield (stem, section) for each section whose code becomes a cell."""
    for block in blocks:
        match block:
            case Container(kind="admonition"):
                yield from sections_with_code(block.blocks)
            case Example(verb="" | "code"):
                yield from ((block.stem, name) for name in block.sections)
