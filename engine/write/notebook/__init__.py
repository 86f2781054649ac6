# SPDX-License-Identifier: MIT
"""Create notebooks from chapters, with their prose, their code and the outputs of this build.

`notebooks(build, project, site)` returns them as files, with a page of plain Markdown for each. A
notebook has two kinds. The solved one has the code of the pages. In the hands-on one, some lines
are blanks for the reader to fill in, with a check after each.
"""

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
    """A generated file of the site; `path` is relative to the docs folder."""

    path: str
    content: bytes


@dataclass
class Notebooks:
    """The notebooks of a site.

    files: the overview, and unless there are problems, each notebook and its page as Markdown
    links: by chapter, the links to its notebooks, for its front matter
    problems: the problems that fail the build
    """

    files: list[Generated] = field(default_factory=list)
    links: dict[str, list[Link]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def notebooks(build: Build, project: Project, site: Site) -> Notebooks:
    """Return the notebooks of a build and their pages; only the overview if the build failed."""
    result = Notebooks()
    all_plans: list[Plan] = []
    try:
        all_plans = plans(build.pages, site, project.options.whole_notebooks)
        if not build.problems:
            result.files = list(generate(all_plans, build, project, site))
            result.links = {plan.home: plan.links(site) for plan in all_plans if not plan.whole}
    except EngineError as error:
        result.problems += error.problems
    if all_plans:
        shown = all_plans if result.files else []
        text = template("notebooks.md.j2").render(plans=shown, kinds=KINDS, site=site)
        result.files.append(Generated(f"{FOLDER}/index.md", text.encode()))
    return result


def generate(
    all_plans: list[Plan], build: Build, project: Project, site: Site
) -> Iterator[Generated]:
    """Yield each notebook as a file, and its page.

    Converting all of them to Markdown takes 1.4 s, a third of a warm build. So the pages are
    cached, keyed by the notebook and everything that affects the conversion.

    Raises EngineError if a notebook cannot be created, or if hints or checks belong to no chapter.
    """
    code, blanks = Code(project, build.snippets), Blanks(project, build.snippets)
    tensors = sorted(tensors_of(project), key=lambda tensor: tensor.cycle)
    colors = {f"--cycle-{tensor.cycle}": tensor.light for tensor in tensors}
    cache = DiskCache(project.cache / FOLDER)
    for plan in all_plans:
        first, *others = compose(plan, Cells(plan, build, code, blanks), [*colors.values()])
        for kind in KINDS:
            cells = [introduction(plan, kind, first), *others]
            links = Links(site, plan, kind, all_plans)
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
    """Return the cells of a notebook: title and introduction, helper cells, then the chapters."""
    try:
        composed = cells.compose()
        helpers = list(cells.helpers(colors))
    except CannotStandAlone as error:
        message = f"no notebook can be made of it: {error}"
        raise EngineError([Problem(f"{plan.pages[0].where}:1", message)]) from error
    if plan.whole or not composed or composed[0].role != "prose":
        composed.insert(0, Cell(f"# {plan.title}", "prose"))
    return [composed[0], *helpers, *composed[1:]]


def introduction(plan: Plan, kind: str, first: Cell) -> Cell:
    """Return the first cell with an explanation of the kind of notebook, below the title."""
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
