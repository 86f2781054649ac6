# SPDX-License-Identifier: MIT
"""Plan the notebooks of a site: their chapters, titles, paths and links."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import PurePosixPath

from engine.model.page import Page
from engine.model.problem import EngineError, Problem
from engine.model.project import Site
from engine.write.words import words

HANDS_ON, SOLVED = "hands_on", "solved"
KINDS = (HANDS_ON, SOLVED)
FOLDER = "notebooks"
Link = dict[str, str]  # title, page, file, colab


@dataclass(frozen=True)
class Plan:
    """A notebook, which is written in both kinds.

    name: the start of its file names; pages: its chapters in order
    whole: whether it holds all chapters of a folder
    brief: whether its page has only the headings of the prose, to keep it small
    next: the next chapter, to whose notebook the last cell links
    """

    name: str
    title: str
    pages: tuple[Page, ...]
    whole: bool = False
    brief: bool = False
    next: Page | None = None

    @property
    def home(self) -> str:
        """The page that the notebook belongs to: its chapter, or else the home page."""
        return "index.md" if self.whole else self.pages[0].name

    @property
    def title_in_table(self) -> str:
        """The title with `|` escaped for a Markdown table, except in code."""
        return re.sub(r"(`[^`]*`)|\|", lambda match: match[1] or r"\|", self.title)

    def label(self, kind: str) -> str:
        """Return the name of a notebook for screen readers, as the links in a table look alike."""
        return re.sub(r'[`"{}|]', "", f"{words()[kind]}: {self.title}")

    def page(self, kind: str) -> str:
        return f"{FOLDER}/{self.name}_{kind}.md"

    def file(self, kind: str) -> str:
        return f"{FOLDER}/{self.name}_{kind}/{self.name}_{kind}.ipynb"

    def links(self, site: Site, current: str = "") -> list[Link]:
        """Return the links to the notebooks, with paths relative to the site's root.

        current: the kind whose page shows the links; then the first one leads back to the chapter
        """
        links: list[Link] = []
        if current:
            path = "." if self.whole else f"{self.home.removesuffix('.md')}/"
            title = words()["home" if self.whole else "chapter"]
            links.append({"title": title, "page": path})
        for kind in KINDS:
            page = "" if kind == current else f"{self.page(kind).removesuffix('.md')}/"
            file = self.file(kind)
            link = {"title": words()[kind], "page": page, "file": file, "colab": site.colab(file)}
            links.append(link)
        return links


def plans(pages: Iterable[Page], site: Site, whole: Iterable[str]) -> list[Plan]:
    """Return the plans of all notebooks, in the order of the navigation.

    whole: folders below docs/ whose chapters are also published as one notebook

    Raises EngineError for invalid front matter, equal names, and folders without a chapter.
    """
    place = {page: at for at, page in enumerate(site.nav)}
    chapters = [page for page in pages if kind_of(page) != "none"]
    chapters.sort(key=lambda page: (place.get(page.name, len(place)), page.name))
    all_plans: list[Plan] = []
    names: dict[str, str] = {}
    for page in chapters:
        name = PurePosixPath(page.name).stem
        if (other := names.setdefault(name, page.where)) != page.where:
            message = f"has the name of {other}, and so would its notebooks: rename one of the two"
            raise EngineError([Problem(f"{page.where}:1", message)])
        all_plans.append(Plan(name, title_of(page), (page,), brief=kind_of(page) == "brief"))
    all_plans = [
        replace(plan, next=after.pages[0] if after else None)
        for plan, after in zip_longest(all_plans, all_plans[1:])
    ]
    for folder in whole:
        parts = [plan for plan in all_plans if PurePosixPath(plan.home).parent.as_posix() == folder]
        if not parts:
            message = f'whole_notebooks names "{folder}", and that folder of docs/ has no chapter'
            raise EngineError([Problem("mkdocs.yml:1", message)])
        _, section = site.nav.get(parts[0].home, ("", ""))
        plan = Plan(
            PurePosixPath(folder).name,
            words()["whole"].format(section or folder),
            tuple(page for part in parts for page in part.pages),
            whole=True,
            brief=True,
        )
        all_plans.insert(all_plans.index(parts[-1]) + 1, plan)
    return all_plans


def kind_of(page: Page) -> str:
    """Return the option `notebook` in the front matter of a page: "full", "brief" or "none"."""
    kind = page.meta.get("notebook", "none")
    if kind not in ("full", "brief", "none"):
        message = f'"notebook: {kind}" is not known: write full, brief or none'
        raise EngineError([Problem(f"{page.where}:1", message)])
    return str(kind)


def title_of(page: Page) -> str:
    title = page.title
    if title and title.values:
        message = "a title names notebooks too, and no value is put in there: write it in words"
        raise EngineError([Problem(f"{page.where}:{title.line}", message)])
    return title.text if title else page.name


@dataclass(frozen=True)
class Links:
    """The targets of links in a notebook: the notebooks of other chapters, or pages."""

    site: Site
    plan: Plan
    kind: str
    plans: list[Plan]

    def to_notebook(self, path: str, anchor: str) -> tuple[str, str]:
        notebooks = {plan.home: plan.page(self.kind) for plan in self.plans if not plan.whole}
        is_own = path in [page.name for page in self.plan.pages]
        return (notebooks[path], "") if path in notebooks and not is_own else (path, anchor)

    def in_file(self, path: str, anchor: str) -> str:
        """Return the URL of a page or a file of the site, for a downloaded notebook."""
        path, anchor = self.to_notebook(path, anchor)
        address, index = (self.site.address, "") if self.site.address else ("../../", "index.html")
        if path.endswith(".md"):
            folder = path.removesuffix(".md").removesuffix("index").strip("/")
            path = f"{folder}/{index}" if folder else index
        return f"{address}{path}{anchor}"

    def on_page(self, path: str, anchor: str) -> str:
        """Return the path of a page or a file, relative to the page of the notebook."""
        path, anchor = self.to_notebook(path, anchor)
        return posixpath.relpath(path, FOLDER) + anchor
