# SPDX-License-Identifier: MIT
"""Makes notebooks of chapters: their prose, their code, and what the code produced in this build.

A notebook stands alone: what a chapter takes from elsewhere comes in cells of its own. It is made
in two kinds. In the **solved** one all is as on the page. In the **hands-on** one the lines to be
learned are blanks; `snippets/notebook_checks/STEM.py` holds the hints for them, and sections that
check them, each named like the section of the chapter that it follows. The engine runs those as any
other snippet, so a solution that fails its own check fails the build.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from engine.model.build import Build as Report
from engine.model.build import Snippet
from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.model.result import SectionOutput
from engine.model.snippet import Section
from engine.programs.slicer import CannotStandAlone, Slicer
from engine.programs.statements import Statement
from engine.read import prose
from engine.read.old_page import Malformed, read_page
from engine.read.snippet import is_measured
from engine.read.tensors import read_tensors
from engine.run.sources import digest

HANDS_ON, SOLVED = "hands_on", "solved"
KINDS = (HANDS_ON, SOLVED)
TO_DO = "# TO-DO: "
FOLDED = re.compile(r"^# folded$", re.MULTILINE)  # the code of such a file is folded away
CHECKS = re.compile(r"^# checks: (.+)$", re.MULTILINE)  # names the snippet that a file checks
CHECKS_FOLDER = "snippets/notebook_checks"


@dataclass(frozen=True)
class Part:
    """The chapters that one notebook is made of; `whole` where they are a walkthrough.

    name: what its file is called; title: its heading; pages: below docs/, in their order
    brief: its page has the headings alone of the prose, for all of it would be heavy
    """

    name: str
    title: str
    pages: tuple[str, ...]
    whole: bool = False
    brief: bool = False


@dataclass(frozen=True)
class Links:
    """Where notebooks are published, and where links in them lead.

    address: of the site, with a slash at its end, or "" where it is unknown
    """

    address: str = ""

    def to(self, page: str, anchor: str = "") -> str:
        """The address of a page such as `walkthrough/inputs.md`, seen from a notebook."""
        path = PurePosixPath(page)
        folder = path.parent if path.stem == "index" else path.with_suffix("")
        place = "" if str(folder) == "." else f"{folder}/"
        if self.address:
            return f"{self.address}{place}{anchor}"
        return f"../../{place}index.html{anchor}"


@dataclass
class Notebook:
    """A notebook, as JSON in `data`."""

    part: Part
    kind: str
    data: bytes


def name_of(part: Part, kind: str) -> str:
    return f"{part.name}_{kind}"


def page_of(part: Part, kind: str) -> str:
    return f"notebooks/{name_of(part, kind)}.md"


@dataclass
class Cell:
    """kind: `markdown` or `code`; role: `helper` (folded away), `given` (what comes from earlier
    chapters), `figure` (code folded away), `measured` (its outputs differ from run to run).
    """

    kind: str
    source: str
    outputs: list[dict] = field(default_factory=list)
    role: str = ""
    blank: bool = False


class Maker:
    """Makes all notebooks of one build, from its report."""

    def __init__(self, project: Project, report: Report, links: Links) -> None:
        self.project, self.report, self.links = project, report, links
        self.slicer = Slicer(project.root)
        self.palette = read_palette(project)
        self.used: set[tuple[str, str]] = set()  # the hints and checks that notebooks have
        self.checks_of = {
            found[1]: snippet
            for snippet in report.snippets.values()
            if (found := CHECKS.search(snippet.text))
        }

    def make(
        self, parts: Iterable[Part], keep: Callable[..., Any] = lambda key, make: make()
    ) -> list[Notebook]:
        """Raises EngineError where hints and checks do not fit what the chapters show.

        keep(key, make): gives what `make` gave before for the same key, where it is still kept.
        """
        parts = list(parts)
        singles = {part.pages[0]: part for part in parts if not part.whole}
        notebooks = []
        for part in parts:
            made_from = self.made_from(part)
            for kind in KINDS:
                key = repr([kind, parts, made_from]).encode()
                made = keep(key, lambda part=part, kind=kind: self.write(part, kind, singles))
                self.used.update(map(tuple, made["used"]))
                notebooks.append(Notebook(part, kind, made["data"].encode()))
        if problems := list(self.idle()):
            raise EngineError(problems)
        return notebooks

    def write(self, part: Part, kind: str, singles: dict[str, Part]) -> dict[str, Any]:
        others, self.used = self.used, set()
        try:
            data = Writer(self, part, kind, singles).write().decode()
        except CannotStandAlone as error:
            what = f"no notebook can be made of it: {error}"
            raise EngineError([Problem(f"docs/{part.pages[0]}:1", what)]) from error
        used, self.used = sorted(self.used), others
        return {"data": data, "used": used}

    def made_from(self, part: Part) -> list[Any]:
        """All that the notebooks of a part depend on."""
        texts = [(self.project.docs / page).read_text("utf-8-sig") for page in part.pages]
        shown = [one for text in texts for one in read_page(text.splitlines())]
        stems = {one.stem for one in shown if not isinstance(one, Malformed)}
        stems |= {checks.stem for stem in stems if (checks := self.checks(stem))}
        ran = self.report.results
        runs = [
            (stem, self.report.made_from[stem], ran[stem].sections, ran[stem].values)
            for stem in sorted(stems & ran.keys())
        ]
        return [texts, runs, self.links, self.palette]

    def idle(self) -> Iterator[Problem]:
        """Hints that no blank uses, and checks that come after no shown section."""
        for stem, snippet in self.report.snippets.items():
            if not CHECKS.search(snippet.text):
                continue
            where = self.project.relative(snippet.path)
            for name in self.hints(snippet):
                if (stem, name) not in self.used:
                    what = f'there is a hint for "{name}", and no shown section binds that name'
                    yield Problem(f"{where}:1", what, stem)
            for section in snippet.sections:
                if (stem, section.name) not in self.used:
                    what = f'the check "{section.name}" comes after no section of that name'
                    yield Problem(f"{where}:{section.start}", what, stem)

    def hints(self, checks: Snippet | None) -> dict[str, str]:
        """The words for each blank, by the name that it binds."""
        for node in ast.parse(checks.text).body if checks else []:
            if not isinstance(node, ast.Assign | ast.AnnAssign):
                continue
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if ast.unparse(target) != "HINTS":
                continue
            try:
                hints = ast.literal_eval(node.value)
            except (TypeError, ValueError):
                hints = None
            if not isinstance(hints, dict) or not all(
                isinstance(text, str) and text.isprintable()
                for pair in hints.items()
                for text in pair
            ):
                where = f"{self.project.relative(checks.path)}:{node.lineno}"
                what = "HINTS must be written out: for each name a string, of one line"
                raise EngineError([Problem(where, what, checks.stem)])
            return hints
        return {}

    def sections(self, stem: str) -> dict[str, Section]:
        snippet = self.report.snippets.get(stem)
        return {section.name: section for section in snippet.sections} if snippet else {}

    def statements(self, stem: str, name: str) -> list[Statement]:
        section = self.sections(stem)[name]
        lines = self.slicer.read(self.project.snippet(stem))
        return [s for s in lines if section.start < s.first < section.end]

    def checks(self, stem: str) -> Snippet | None:
        return self.checks_of.get(stem)


class Writer:
    """Writes one notebook."""

    def __init__(self, maker: Maker, part: Part, kind: str, singles: dict[str, Part]) -> None:
        self.maker, self.part, self.kind, self.singles = maker, part, kind, singles
        self.project, self.report = maker.project, maker.report
        self.cells: list[Cell] = []
        self.used: dict[str, list[Section]] = {}  # the sections that are cells, by stem
        self.notes: dict[str, str] = {}
        self.later: list[tuple[str, str]] = []  # the sections that are still to come on the page
        self.waiting: list[Cell] = []  # drawings of what such a section makes

    def write(self) -> bytes:
        for page in self.part.pages:
            text = (self.project.docs / page).read_text("utf-8-sig")
            self.page(page, text)
        if self.notes:
            texts = [textwrap.indent(text, " " * 4).strip() for text in self.notes.values()]
            notes = [f"{place}. {text}" for place, text in enumerate(texts, start=1)]
            self.say("\n".join(["## Notes", "", *notes]))
        head = self.introduction()
        return as_json([*head, *self.helpers(), *self.cells], executed=self.kind == SOLVED)

    # The page, block by block

    def page(self, page: str, text: str) -> None:
        blocks = prose.read_blocks(prose.without_front_matter(text).splitlines())
        self.where = page
        shown_figures = [
            (block.stem, block.output)
            for block in prose.flat(blocks)
            if isinstance(block, prose.Figure)
        ]
        self.last_figure = {
            (stem, prose.section_of(output)): (stem, output) for stem, output in shown_figures
        }
        self.later = [
            (stem, name)
            for block in blocks
            if isinstance(block, prose.Code)
            for stem, name in block.shown
            if name
        ]
        self.blocks(blocks)
        self.draw_waiting()

    def blocks(self, blocks: list[prose.Block]) -> None:
        for block in blocks:
            if isinstance(block, prose.Text):
                self.say(self.worded(block.text))
            elif isinstance(block, prose.Code):
                self.code(block)
            elif isinstance(block, prose.Printed):
                self.printed(block)
            elif isinstance(block, prose.Figure):
                self.figure(block)
            elif isinstance(block, prose.Box):
                self.box(block)
            elif isinstance(block, prose.Note):
                self.define(block)
                self.figures(block.blocks)

    def say(self, text: str) -> None:
        """Adds to the Markdown cell that is being written, or begins one; a heading begins one."""
        text = text.strip("\n")
        if not text:
            return
        if self.part.whole:
            text = prose.demoted(text)
        last = self.cells[-1] if self.cells else None
        if last and last.kind == "markdown" and not text.startswith("#"):
            last.source += "\n\n" + text
        else:
            self.cells.append(Cell("markdown", text))

    def code(self, block: prose.Code) -> None:
        """The sections of one fence; what follows one with blanks comes after its check."""
        if any(not name for _, name in block.shown):
            self.say(self.whole_files(block))
            return
        for stem, names in by_file(block):
            waiting: list[Section] = []
            for name in names:
                waiting.append(self.maker.sections(stem)[name])
                if check := self.check(stem, name):
                    self.code_cell(stem, waiting)
                    self.cells.append(check)
                    waiting = []
            if waiting:
                self.code_cell(stem, waiting)
        self.later = [shown for shown in self.later if shown not in block.shown]
        self.draw_waiting()

    def whole_files(self, block: prose.Code) -> str:
        """A file that a page shows whole is there to be read, so it is no cell."""
        files = (self.project.snippet(stem).read_text("utf-8-sig") for stem, _ in block.shown)
        return fenced("\n".join(files).strip("\n"), "python")

    def draw_waiting(self) -> None:
        """Adds the drawings that waited for what they draw."""
        waiting, self.waiting = self.waiting, []
        for cell in waiting:
            self.draw(cell)

    def draw(self, cell: Cell) -> None:
        """A page may show a drawing before the code that makes the drawn tensors; a run cannot."""
        names = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
        made_later = {
            name
            for stem, section in self.later
            for statement in self.maker.statements(stem, section)
            for name in statement.names.binds
        }
        (self.waiting if names & made_later else self.cells).append(cell)

    def code_cell(self, stem: str, sections: list[Section]) -> None:
        path = self.project.snippet(stem)
        used = self.used.setdefault(stem, [])
        if any(section in used for section in sections):
            return  # drawn already
        used += sections
        source = self.maker.slicer.code(path, sections)
        source = re.sub(r"\n{3,}(?!def |class |@)", "\n\n", source)  # where an import is gone
        source, blank = self.with_blanks(stem, source)
        outputs = [o for section in sections for o in self.outputs(stem, section.name)]
        measured = is_measured(path.read_text("utf-8-sig"))
        role = "measured" if measured else ""
        self.cells.append(Cell("code", source, outputs, role, blank))

    def outputs(self, stem: str, name: str, place: int | None = None) -> list[dict]:
        kept = self.report.results[stem].sections.get(name, SectionOutput())
        outputs = [stream(kept.text)] if kept.text else []
        figures = kept.figures if place is None else kept.figures[place : place + 1]
        return outputs + [drawing(figure.svg, self.maker.palette) for figure in figures]

    def printed(self, block: prose.Printed) -> None:
        """An output: it is below its cell already, or else stands in the text."""
        section = prose.section_of(block.output)
        if any(s.name == section for s in self.used.get(block.stem, [])):
            return
        text = self.report.results[block.stem].sections[section].text.rstrip("\n")
        self.say(f"{block.title}:\n\n{fenced(text, 'text')}")

    def figure(self, block: prose.Figure) -> None:
        """A drawing: the code that draws it, folded away, and what it drew."""
        name = prose.section_of(block.output)
        section = self.maker.sections(block.stem)[name]
        path = self.project.snippet(block.stem)
        used = self.used.setdefault(block.stem, [])
        source = self.maker.slicer.code(path, [section])
        drawn = len(self.report.results[block.stem].sections[name].figures)
        lines = one_by_one(source, drawn)
        if lines:
            place = prose.place_of(block.output)
            source, outputs = lines[place], self.outputs(block.stem, name, place)
        elif self.last_figure[(block.stem, name)] == (block.stem, block.output):
            outputs = self.outputs(block.stem, name)
        else:
            return  # drawn with the last of them
        if section not in used:
            used.append(section)
        self.draw(Cell("code", source, outputs, role="figure"))

    def box(self, block: prose.Box) -> None:
        """An admonition is a quotation, what folds is folded, a tab is a paragraph with a title."""
        if block.folded:
            if text := self.folded(block.blocks):
                summary = f"<summary>{prose.html_of(block.title)}</summary>"
                self.say(f"<details>\n{summary}\n\n{text}\n\n</details>")
            self.figures(block.blocks)
            return
        for place, inner in enumerate(block.blocks):
            if isinstance(inner, prose.Text):
                title = f"**{block.title}**\n\n" if block.title and not place else ""
                text = title + self.worded(inner.text)
                self.say(prose.quoted(text) if block.quoted else text)
            else:
                if block.title and not place:
                    title = f"**{block.title}**"
                    self.say(prose.quoted(title) if block.quoted else title)
                self.blocks([inner])

    def figures(self, blocks: list[prose.Block]) -> None:
        """The drawings of prose, below it: an output cannot stand inside of it."""
        for block in prose.flat(blocks):
            if isinstance(block, prose.Figure):
                self.figure(block)

    def folded(self, blocks: list[prose.Block]) -> str:
        """Folded content as Markdown, code too, so that it stays folded; drawn code is dropped."""
        parts = []
        for block in blocks:
            if isinstance(block, prose.Text):
                parts.append(self.worded(block.text).strip("\n"))
            elif isinstance(block, prose.Code) and any(not name for _, name in block.shown):
                parts.append(self.whole_files(block))
            elif isinstance(block, prose.Code):
                for stem, names in by_file(block):
                    used = self.used.get(stem, [])
                    sections = [
                        s for s in map(self.maker.sections(stem).get, names) if s not in used
                    ]
                    if sections:
                        path = self.project.snippet(stem)
                        piece = self.maker.slicer.code(path, sections)
                        parts.append(fenced(piece, "python"))
            elif isinstance(block, prose.Printed):
                section = prose.section_of(block.output)
                if not any(s.name == section for s in self.used.get(block.stem, [])):
                    text = self.report.results[block.stem].sections[section].text.rstrip("\n")
                    parts.append(f"{block.title}:\n\n{fenced(text, 'text')}")
            elif isinstance(block, prose.Box):
                inner = self.folded(block.blocks)
                title = f"**{block.title}**\n\n" if block.title else ""
                parts.append(prose.quoted(title + inner) if inner else "")
            elif isinstance(block, prose.Note):
                self.define(block)
        return "\n\n".join(filter(None, parts))

    # What stands in a sentence

    def worded(self, text: str) -> str:
        return prose.worded(text, self.value, self.link, self.note)

    def value(self, stem: str, expression: str, alone: bool) -> str:
        kept = self.report.results[stem].values[expression]
        if alone and kept.table:
            return re.sub(r' class="tensor"| data-[a-z]+="[^"]*"', "", kept.table)
        return kept.text or ""

    def link(self, words: str, target: str) -> str:
        """A link to a page leads to its notebook of this kind; in one notebook, it is but words."""
        if re.match(r"[a-z]+:", target):
            return f"[{words}]({target})"
        if target.startswith("#"):  # a place on the chapter's page: in a file it may be none
            return f"[{words}]({self.maker.links.to(self.where, target)})"
        path, hash_, anchor = target.partition("#")
        page = prose.resolved(self.where, path)
        if self.part.whole and page in self.part.pages:
            return words
        if not page.endswith(".md"):
            root = self.maker.links.address or "../../"
            return f"[{words}]({root}{page}{hash_}{anchor})"
        if page in self.singles:
            page = page_of(self.singles[page], self.kind)
            hash_ = anchor = ""
        return f"[{words}]({self.maker.links.to(page, hash_ + anchor)})"

    def note(self, name: str) -> str:
        """The mark of a footnote; they are numbered in the order in which they are first named."""
        key = f"{self.where}^{name}"
        self.notes.setdefault(key, "")
        return f"<sup>{list(self.notes).index(key) + 1}</sup>"

    def define(self, note: prose.Note) -> None:
        self.note(note.name)
        self.notes[f"{self.where}^{note.name}"] = self.folded(note.blocks)

    # Blanks and checks

    def check(self, stem: str, name: str) -> Cell | None:
        """The check that comes after a section, with what it said in this build, or None."""
        checks = self.maker.checks(stem)
        section = self.maker.sections(checks.stem).get(name) if checks else None
        if checks is None or section is None:
            return None
        self.maker.used.add((checks.stem, name))
        self.used.setdefault(checks.stem, []).append(section)
        source = self.maker.slicer.code(checks.path, [section])
        outputs = self.outputs(checks.stem, name) if self.kind == SOLVED else []
        return Cell("code", source, outputs)

    def with_blanks(self, stem: str, source: str) -> tuple[str, bool]:
        """The code with its blanks, in a hands-on notebook; and whether there are any."""
        checks = self.maker.checks(stem)
        hints = self.maker.hints(checks)
        lines = source.splitlines()
        found = False
        for node in reversed(ast.parse(source).body):
            name = bound_by(node)
            if name not in hints:
                continue
            found = True
            self.maker.used.add((checks.stem, name))
            first, last, hint = node.lineno, node.end_lineno, TO_DO + hints[name]
            if isinstance(node, ast.FunctionDef):
                lines[node.body[0].lineno - 1 : last] = [f"    {hint}", "    ..."]
            else:
                shape = lines[last - 1].encode()[node.end_col_offset :].decode()
                lines[first - 1 : last] = [hint, f"{name} = ...{shape}"]
        if self.kind == SOLVED:
            return source, found
        return "\n".join(lines), found

    # What the cells need

    def introduction(self) -> list[Cell]:
        links, page = self.maker.links, self.part.pages[0]
        home = "index.md" if self.part.whole else page
        what = "The site" if self.part.whole else "This chapter on the site"
        told = f"[{what}]({links.to(home)})."
        other = SOLVED if self.kind == HANDS_ON else HANDS_ON
        to_other = links.to(page_of(self.part, other))
        if self.kind == HANDS_ON:
            how = (
                "In this notebook you write the lines that matter. Each of them is three dots, "
                "`...`, below a `TO-DO` with a hint. Put your code in the place of the dots, run "
                "the cell, then run the check below it: it says in words what is not right yet. "
                "Run the cells in their order, from the first.\n\n"
                f"{told} [The solved notebook]({to_other})."
            )
        else:
            how = (
                "The solved notebook: every line is there, and every output comes from the build "
                f"that made this file.\n\n{told} [The notebook with blanks to fill]({to_other})."
            )
        first = self.cells.pop(0) if self.cells and self.cells[0].kind == "markdown" else None
        if self.part.whole or first is None:
            if first:
                self.cells.insert(0, first)
            return [Cell("markdown", f"# {self.part.title}\n\n{how}")]
        title, _, rest = first.source.partition("\n")
        return [Cell("markdown", f"{title}\n\n{how}\n\n{rest.strip()}")]

    def helpers(self) -> list[Cell]:
        """Imports, and all that the cells take from elsewhere, one cell for each concern."""
        needed = self.maker.slicer.prerequisites(
            (self.project.snippet(stem), sections) for stem, sections in self.used.items()
        )
        texts: dict[str, list[str]] = {"given": [], "drawing": [], "checks": []}
        for path, text in needed.texts.items():
            name = self.project.relative(path)
            room = (
                "drawing"
                if FOLDED.search(path.read_text("utf-8-sig"))
                else "checks"
                if name.startswith(CHECKS_FOLDER)
                else "given"
            )
            texts[room].append(text)
        return [*self.helper_cells(needed.imports, texts)]

    def helper_cells(self, imports: list[str], texts: dict[str, list[str]]) -> Iterator[Cell]:
        if imports:
            yield Cell("code", "\n".join(imports))
        if texts["drawing"]:
            colors = ", ".join(f'"{color}"' for color in self.maker.palette.values())
            setup = (
                "from matplotlib_inline.backend_inline import set_matplotlib_formats\n\n"
                'set_matplotlib_formats("svg")'
            )
            if colors:
                setup += f'\nplt.rcParams["axes.prop_cycle"] = plt.cycler(color=[\n    {colors}\n])'
            title = "# @title What draws the pictures: run this, no need to read it"
            yield Cell("code", "\n\n".join([title, setup, *texts["drawing"]]), role="helper")
        if texts["checks"]:
            title = "# @title What checks your code: run this, no need to read it"
            yield Cell("code", "\n\n\n".join([title, *texts["checks"]]), role="helper")
        if texts["given"]:
            title = "# From earlier chapters"
            yield Cell("code", "\n".join([title, "\n\n".join(texts["given"])]), role="given")


def bound_by(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def by_file(block: prose.Code) -> Iterator[tuple[str, list[str]]]:
    """The sections that a fence shows, file by file."""
    for stem, shown in itertools.groupby(block.shown, key=lambda one: one[0]):
        yield stem, [name for _, name in shown]


def one_by_one(source: str, drawn: int) -> list[str]:
    """The lines of a section of several figures where each line draws one, or []."""
    body = ast.parse(source).body
    lines = source.splitlines()
    if drawn < 2 or len(body) != drawn or not all(isinstance(node, ast.Expr) for node in body):
        return []
    return ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in body]


def fenced(text: str, language: str) -> str:
    marks = "`" * max(3, 1 + max((len(m) for m in re.findall(r"^`+", text, re.M)), default=0))
    return f"{marks}{language}\n{text}\n{marks}"


def stream(text: str) -> dict:
    return {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}


def drawing(figure: str, palette: dict[str, str]) -> dict:
    """A figure as a notebook shows it: by itself, so with colors and a size of its own."""
    svg = re.search(r"<svg.*</svg>", figure, re.DOTALL)[0]
    _, _, width, height = re.search(r'viewBox="([^"]*)"', svg)[1].split()
    own = "".join(f"{name}:{color};" for name, color in palette.items() if f"({name}," in svg)
    own += "--md-default-bg-color:#fff;background:#fff;color:#1f2328;font-family:sans-serif;"
    svg = svg.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" ', 1)
    svg = svg.replace(' style="', f' height="{height}" style="{own}', 1)
    svg = svg.replace("&#123;", "{").replace("&#125;", "}")
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    data = {
        "image/svg+xml": svg.splitlines(keepends=True),
        "text/plain": [words[1] if words else ""],
    }
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def read_palette(project: Project) -> dict[str, str]:
    """Return the light colors of matplotlib's cycle by their CSS names; notebooks draw in them."""
    path = project.snippet(project.options.tensors)
    tensors = read_tensors(path, project.relative(path))
    return {f"--cycle-{t.cycle}": t.light for t in sorted(tensors, key=lambda t: t.cycle)}


def as_json(cells: list[Cell], executed: bool) -> bytes:
    """Nbformat 4.5; the same cells give the same bytes."""
    seen: dict[str, int] = {}
    written, count = [], 0
    before_blanks = True
    for cell in cells:
        before_blanks = before_blanks and not cell.blank
        key = digest(f"{cell.kind}\n{cell.source}".encode())[:12]
        seen[key] = seen.get(key, 0) + 1
        one: dict = {
            "cell_type": cell.kind,
            "id": key if seen[key] == 1 else f"{key}-{seen[key]}",
            "metadata": metadata(cell),
            "source": cell.source.splitlines(keepends=True),
        }
        if cell.kind == "code":
            count += 1
            run = executed or before_blanks
            one["execution_count"] = count if run else None
            one["outputs"] = cell.outputs if run else []
        written.append(one)
    notebook = {
        "cells": written,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def metadata(cell: Cell) -> dict:
    """What folds a cell's code away in Jupyter and in Colab."""
    if cell.role in ("helper", "figure"):
        return {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": [cell.role]}
    return {"tags": [cell.role]} if cell.role else {}
