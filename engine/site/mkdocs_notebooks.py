# SPDX-License-Identifier: MIT
"""The adapter for MkDocs that adds the notebooks: a page and a file for each.

Zensical knows no hooks, so its site has no notebooks; nothing in the chapters depends on them.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.toc import get_toc

from engine.build import engine_for
from engine.cache.store import Made
from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.read.old_page import VALUE
from engine.read.tensors import read_tensors
from engine.run.sources import environment
from engine.site import notebook_html
from engine.write.notebook import HANDS_ON, KINDS, Links, Maker, Part, name_of, page_of

OVERVIEW = "notebooks/index.md"
TITLES = {HANDS_ON: "hands-on notebook", "solved": "solved notebook"}
COLAB = "https://colab.research.google.com/github"
BRANCH = "gh-pages"  # where the deployment publishes the site, see .github/workflows/pages.yml

parts: list[Part] = []
shown: dict[str, dict[str, Any]] = {}  # a notebook's page -> its HTML
serving = False


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_config(config: Any) -> Any:
    """Finds the chapters, which are the pages of a section; adds the overview to the navigation."""
    docs = Path(config.docs_dir)
    parts[:] = []
    nav = config.nav or []
    for place, item in reversed(list(enumerate(nav))):
        [(title, pages)] = item.items() if isinstance(item, dict) else [("", item)]
        whole = config.extra.get("whole_notebooks", ())
        if isinstance(pages, list) and (found := list(parts_of(title, pages, docs, whole))):
            if not parts:
                nav.insert(place + 1, {"Notebooks": OVERVIEW})
            parts[:0] = found
    pages: dict[str, str] = {}
    for part in parts:
        if (other := pages.setdefault(part.name, part.pages[0])) != part.pages[0]:
            raise PluginError(
                f"docs/{part.pages[0]}:1: has the name of docs/{other}, and so would its "
                f"notebooks: rename one of the two"
            )
    kept_before = engine_for(Path(config.config_file_path).parent).project.notebooks
    if parts and not kept_before.is_dir():
        # All will be converted: import the converter while the snippets' worker imports torch.
        threading.Thread(target=notebook_html.converter, daemon=True).start()
    return config


def parts_of(section: str, items: list[Any], docs: Path, whole: Iterable[str]) -> Iterator[Part]:
    """The chapters of a section of the navigation; if its folder is in `whole`, all as one too."""
    pages = [
        page for item in items for page in (item.values() if isinstance(item, dict) else [item])
    ]
    # A page that is not UTF-8 is told of by the engine, which reads it next.
    texts = {
        page: (docs / page).read_text("utf-8-sig", errors="replace")
        for page in pages
        if (docs / str(page)).is_file()
    }
    chapters = [page for page, text in texts.items() if ".py:" in text]
    for page in chapters:
        title = re.search(r"^# (.+)$", texts[page], re.MULTILINE)
        if title and VALUE.search(title[1]):
            line = texts[page].count("\n", 0, title.start()) + 1
            what = "a title names notebooks too, and no value is put in there: write it in words"
            told(EngineError([Problem(f"docs/{page}:{line}", what)]))
        brief = re.match(r"---\n(?:.+\n)*?notebook: brief\n", texts[page]) is not None
        yield Part(PurePosixPath(page).stem, title[1] if title else page, (page,), brief=brief)
    folder = PurePosixPath(chapters[0]).parent.name if chapters else ""
    if folder in whole and not serving:  # it would be made again at every edit, and is felt then
        yield Part(folder, f"{section}, from start to end", tuple(chapters), whole=True, brief=True)


def on_files(files: Any, config: Any) -> Any:
    engine = engine_for(Path(config.config_file_path).parent)
    shown.clear()
    made = []
    if not engine.report.problems:  # which MkDocs was told of already
        try:
            made = notebooks(engine.project, engine.report, config)
        except EngineError as error:
            told(error)
    for part, kind, data, page in made:
        name, source = name_of(part, kind), page_of(part, kind)
        shown[source] = page
        title = f"{part.title}: {TITLES[kind]}"
        about = f"The {TITLES[kind]} of “{part.title}”, with every output of this build."
        head = {"title": title, "description": about, "search": {"exclude": True}}
        text = f"---\n{json.dumps(head, ensure_ascii=False)}\n---\n\n# {title}\n"
        outside = InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, source, content=text, inclusion=outside))
        files.append(File.generated(config, f"notebooks/{name}/{name}.ipynb", content=data))
    if parts:
        files.append(File.generated(config, OVERVIEW, content=overview(bool(made), config)))
    return files


def told(error: EngineError) -> None:
    """A mistake ends a build; under `mkdocs serve` it is told, and the server lives on."""
    if not serving:
        raise PluginError(str(error)) from error
    for problem in error.problems:
        print(f"ERROR    -  {problem}", file=sys.stderr)  # as in engine.site.mkdocs_hooks


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    made = shown.get(page.file.src_uri)
    if made is None:
        return html
    page.toc = get_toc(made["toc"])
    # In a file links are absolute; on a page they stay below wherever the site is.
    text = made["html"].replace(f'href="{config.site_url or "../../"}', 'href="../../')
    return re.sub(r'(?<=href="\.\./\.\./)([^"#]*?)index\.html', r"\1", text)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """What the links on a chapter, and on a notebook, lead to."""
    source = page.file.src_uri
    for part in parts if shown else []:
        if part.pages == (source,) or source in [page_of(part, kind) for kind in KINDS]:
            context["notebooks"] = [links_of(part, kind, source, config) for kind in KINDS]
            home = "" if part.whole else part.pages[0].removesuffix(".md") + "/"
            context["chapter_of_notebook"] = home if source in shown else None
    return context


def links_of(part: Part, kind: str, source: str, config: Any) -> dict[str, Any]:
    name = name_of(part, kind)
    return {
        "title": TITLES[kind],
        "current": source == page_of(part, kind),
        "page": f"notebooks/{name}/",
        "file": f"notebooks/{name}/{name}.ipynb",
        "colab": colab(f"notebooks/{name}/{name}.ipynb", config),
    }


def colab(path: str, config: Any) -> str:
    """Colab opens what is published in the repository; without one there is no link."""
    repository = re.match(
        r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git|/)?$", config.repo_url or ""
    )
    return f"{COLAB}/{repository[1]}/blob/{BRANCH}/{path}" if repository else ""


def overview(made: bool, config: Any) -> str:
    lines = [
        "---",
        "description: Every chapter as a Jupyter notebook, with blanks to fill, or solved.",
        "---",
        "",
        "# Work through it in notebooks",
        "",
        "Every chapter is a notebook too. In the **hands-on** one, the lines that matter are yours "
        "to write: each blank has a hint, and a check that says in words what is not right yet. "
        "The **solved** one is complete, with every output in place.",
        "",
        "A notebook needs nothing but PyTorch, matplotlib, NumPy and Jupyter.",
        "",
    ]
    if not made:
        return "\n".join([*lines, "There are none now, since an error keeps this build from them."])
    lines += ["| Chapter | Hands-on | Solved |", "| --- | --- | --- |"]
    for part in parts:
        cells = []
        for kind in KINDS:
            name = name_of(part, kind)
            file = f"{name}/{name}.ipynb"
            links = [f"[Read]({name}.md)", f"[download]({file})"]
            if address := colab(f"notebooks/{file}", config):
                links.append(f"[open in Colab]({address})")
            cells.append(", ".join(links))
        # A bar would end the cell, unless it is in code.
        title = re.sub(r"(`[^`]*`)|\|", lambda match: match[1] or r"\|", part.title)
        title = title if part.whole else f"[{title}](../{part.pages[0]})"
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def notebooks(project: Project, report: Any, config: Any) -> list[tuple[Part, str, bytes, Any]]:
    """Every notebook and the HTML of its page; made anew only where something changed."""
    kept = Made(project.notebooks)
    notebooks = Maker(project, report, Links(config.site_url or "")).make(parts, kept.get)
    path = project.snippet(project.tensors)
    tensors = read_tensors(path, project.relative(path))
    version = f"{environment()} {notebook_html.version()} {tensors} ".encode()
    made = []
    for one in notebooks:
        convert = partial(notebook_html.page_of, one.data, one.part.brief, tensors)
        made.append((one.part, one.kind, one.data, kept.get(version + one.data, convert)))
    kept.forget_others()
    return made
