# SPDX-License-Identifier: MIT
"""Makes notebooks of chapters: their prose, their code, and what the code produced in this build.

`notebooks(build, project, site)` returns them as files, with a page of plain Markdown for each. A
notebook has two kinds: in the solved one all is as on the page, in the hands-on one the
lines to be learned are blanks, with a check after each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from engine.cache.store import DiskCache
from engine.model.build import Build
from engine.model.problem import EngineError, Problem
from engine.model.project import Project, Site
from engine.programs.slicer import CannotStandAlone
from engine.read.tensors import tensors_of
from engine.write.built import built
from engine.write.notebook import formats
from engine.write.notebook.blanks import Blanks
from engine.write.notebook.cells import Cell, Cells
from engine.write.notebook.code import Code
from engine.write.notebook.plan import FOLDER, KINDS, Link, Links, Plan, plans
from engine.write.words import template, words


@dataclass(frozen=True)
class Generated:
    """A file to publish; `path` is relative to the docs folder."""

    path: str
    content: bytes


@dataclass
class Notebooks:
    """What there is to publish besides the chapters.

    files: the overview, each notebook as a file, and its page as Markdown
    links: by chapter, the links to its notebooks, for its front matter
    problems: what fails the build; then there is no file but the overview
    """

    files: list[Generated] = field(default_factory=list)
    links: dict[str, list[Link]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def notebooks(build: Build, project: Project, site: Site) -> Notebooks:
    """Return the notebooks of a build and their pages; none but the overview where it failed."""
    result = Notebooks()
    every: list[Plan] = []
    try:
        every = plans(build.pages, site, project.options.whole_notebooks)
        if not build.problems:
            result.files = list(written(every, build, project, site))
            result.links = {plan.home: plan.links(site) for plan in every if not plan.whole}
    except EngineError as error:
        result.problems += error.problems
    if every:
        shown = every if result.files else []
        text = template("notebooks.md.j2").render(plans=shown, kinds=KINDS, site=site)
        result.files.append(Generated(f"{FOLDER}/index.md", text.encode()))
    return result


def written(every: list[Plan], build: Build, project: Project, site: Site) -> Iterator[Generated]:
    """Yield each notebook as a file, and its page.

    Converting all of them takes 1.4 s, a third of a warm build, so the pages are cached, by the
    bytes of the notebook and all that converts them.

    Raises EngineError where a notebook cannot be made, or hints and checks fit no chapter.
    """
    code, blanks = Code(project, build.snippets), Blanks(project, build.snippets)
    tensors = sorted(tensors_of(project), key=lambda tensor: tensor.cycle)
    colors = {f"--cycle-{tensor.cycle}": tensor.light for tensor in tensors}
    cache = DiskCache(project.cache / FOLDER)
    for plan in every:
        first, *others = compose(plan, Cells(plan, build, code, blanks), [*colors.values()])
        for kind in KINDS:
            cells = [introduction(plan, kind, first), *others]
            links = Links(site, plan, kind, every)
            file = formats.notebook(cells, kind, links.in_file, colors)
            yield Generated(plan.file(kind), file)
            shown = formats.headings_alone(cells) if plan.brief else cells
            page = formats.notebook(shown, kind, links.on_page, None)
            key = formats.version() + page + (b"brief" if plan.brief else b"")
            text = cache.get(key, partial(formats.page_of, page, plan.brief))
            yield Generated(plan.page(kind), f"{front_matter(plan, kind, site)}\n{text}".encode())
    cache.evict_unused()
    if problems := list(blanks.unused()):
        raise EngineError(problems)


def compose(plan: Plan, cells: Cells, colors: list[str]) -> list[Cell]:
    """Return the cells of a notebook; the first has its title, and what a chapter begins with."""
    try:
        composed = cells.compose()
        needed = list(cells.helpers(colors))
    except CannotStandAlone as error:
        message = f"no notebook can be made of it: {error}"
        raise EngineError([Problem(f"{plan.pages[0].where}:1", message)]) from error
    if plan.whole or not composed or composed[0].role != "prose":
        composed.insert(0, Cell(f"# {plan.title}", "prose"))
    return [composed[0], *needed, *composed[1:]]


def introduction(plan: Plan, kind: str, first: Cell) -> Cell:
    """Return the first cell with what its kind of notebook is, below the title."""
    title, _, rest = first.source.partition("\n")
    text = template("notebook_introduction.md.j2").render(plan=plan, kind=kind).strip()
    return Cell(f"{title}\n\n{text}\n\n{rest.strip()}".strip(), "prose")


def front_matter(plan: Plan, kind: str, site: Site) -> str:
    meta = {
        "title": f"{plan.title}: {words()[kind]}",
        "description": words()["about_notebook"].format(words()[kind], plan.title),
        "search": {"exclude": True},
        "notebooks": plan.links(site, kind),
        "built": built(),
    }
    return f"---\n{json.dumps(meta, ensure_ascii=False)}\n---\n"
