# SPDX-License-Identifier: MIT
"""The tools: for each its sources, its build command, and the place of its pages.

All tools get the same prose, code and drawing helper. Those on MkDocs also get the site's own
theme, formulas and colors. Only this engine can put a computed value into a sentence. For the other
tools these values are typed in, as an author would have to do.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from engine.build import Engine
from engine.model.project import Project
from engine.model.result import Result
from tests.bench import copies
from tests.bench.copies import Chapter
from tests.bench.notebooks import Cell, Runs, Words, cells_of, section_text
from tests.bench.page_lines import FENCE, VALUE, Include, Value, read_page
from tests.bench.prose import end_of_fence, section_of
from tests.support.sample import outputs_of

# For tools that draw without the engine, which has the same settings (engine/run/figures.py).
MATPLOTLIBRC = """\
figure.constrained_layout.use: True
figure.max_open_warning: 0
font.size: 13
savefig.bbox: standard
svg.fonttype: none
svg.hashsalt: figure
text.parse_math: False
"""
PICTURES = '''\
# SPDX-License-Identifier: MIT
"""What markdown-exec's manual does for a matplotlib figure: print it as SVG."""
from io import StringIO

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot


def pictures():
    """Every open figure as SVG, which are closed then."""
    drawn = []
    for number in pyplot.get_fignums():
        buffer = StringIO()
        pyplot.figure(number).savefig(buffer, format="svg", metadata={"Date": None})
        drawn.append(buffer.getvalue().partition("?>")[2].partition(">")[2])
    pyplot.close("all")
    return drawn
'''


@dataclass
class Outputs:
    """The outputs of the snippets of one copy, for tools that have outputs typed or pasted in."""

    copy: str
    results: dict[str, Result]

    def of(self, stem: str) -> Result:
        _, _, name = stem.partition("/")
        return self.results[f"{self.copy}/{name}"]

    def value(self, stem: str, expression: str) -> str:
        return self.of(stem).values[expression].text

    def file(self, stem: str, output: str) -> str:
        text = outputs_of(self.of(stem))[output].rstrip("\n")
        return text.replace(self.copy, stem.partition("/")[0])


def results_of(project: Path) -> Outputs:
    """Run the snippets of a project with this engine."""
    engine = Engine(Project(project))
    try:
        report = engine.refresh()
    finally:
        engine.close()
    if report.problems:
        raise RuntimeError("\n".join(map(str, report.problems)))
    return Outputs(copies.copy_name(1), report.results)


@dataclass
class Site:
    """A project on disk, and the edits that were made to it.

    root: the project whose chapters and engine are measured; folder: the place of this project
    """

    root: Path
    folder: Path
    chapters: list[Chapter]
    outputs: Outputs | None = None
    edits: dict[str, str] = field(default_factory=dict)

    @property
    def aside(self) -> Path:
        """The folder for the leftovers of earlier builds."""
        return self.folder.parent / "aside"

    def source(self, stem: str) -> str:
        """Return the current text of a snippet."""
        return (self.folder / "snippets" / f"{stem}.py").read_text("utf-8")

    @property
    def edited(self) -> Chapter:
        """The chapter whose sentence and snippet are edited: the last of the first copy."""
        return self.chapters[len(copies.CHAPTERS) - 1]

    def page(self, chapter: Chapter) -> str:
        """Return a chapter's page for the engine, with its edit."""
        if chapter == self.edited and "sentence" in self.edits:
            return copies.edited_sentence(chapter.page, self.edits["sentence"])
        return chapter.page

    def original(self, name: str) -> str:
        return (self.root / "snippets" / name).read_text("utf-8")


class Tool(ABC):
    """A way to publish executable chapters."""

    name: str
    title: str
    packages: tuple[str, ...]  # whose versions are recorded
    caches: tuple[str, ...] = ()  # folders that a cold build must not have
    executes = True

    @abstractmethod
    def write_config(self, site: Site) -> None: ...

    @abstractmethod
    def write_page(self, site: Site, chapter: Chapter) -> None: ...

    @abstractmethod
    def loosen(self, site: Site) -> None:
        """Set error handling back to the tool's defaults."""

    @abstractmethod
    def command(self, bin: Path) -> list[str]: ...

    def built(self, site: Site, chapter: Chapter) -> Path:
        return site.folder / "site" / chapter.stem / "index.html"

    def variables(self, site: Site) -> dict[str, str]:
        return {
            "PYTHONPATH": f"{site.folder}:{site.root}",
            "MATPLOTLIBRC": str(site.folder / "matplotlibrc"),
            "MPLBACKEND": "Agg",
            "NO_MKDOCS_2_WARNING": "1",
            "SOURCE_DATE_EPOCH": "315532800",
        }

    def write(self, site: Site) -> None:
        """Write the whole project again."""
        shutil.rmtree(site.folder, ignore_errors=True)
        (site.folder / "docs").mkdir(parents=True)
        site.edits.clear()
        copies.write_snippets(site.root, site.folder, site.chapters)
        (site.folder / "matplotlibrc").write_text(MATPLOTLIBRC, "utf-8")
        self.write_config(site)
        for chapter in site.chapters:
            self.write_page(site, chapter)

    def forget(self, site: Site) -> None:
        """Move away everything that earlier builds left.

        Deleting would distort the measurement: after many files are deleted, ext4 creates new ones
        slowly for about a minute, because it avoids recently freed inodes.
        """
        left = [site.folder / name for name in ("site", *self.caches)]
        left += (site.folder / "snippets").rglob("__pycache__")
        for path in filter(Path.exists, left):
            site.aside.mkdir(exist_ok=True)
            path.rename(site.aside / str(time.time_ns()))

    def edit_sentence(self, site: Site, token: str) -> None:
        site.edits["sentence"] = token
        self.write_page(site, site.edited)

    def edit_snippet(self, site: Site, token: str) -> None:
        source = site.root / "snippets" / "walkthrough" / "outputs.py"
        original = copies.renamed(copies.snippet_of(site.root, source), site.edited.copy)
        path = site.folder / "snippets" / f"{site.edited.stem}.py"
        path.write_text(copies.edited_snippet(original, token), "utf-8")
        self.write_page(site, site.edited)

    def edit_helper(self, site: Site, token: str) -> None:
        path = site.folder / "snippets" / copies.HELPER
        path.write_text(copies.edited_helper(site.original(copies.HELPER), token), "utf-8")


class Mkdocs(Tool):
    """Base of the tools on MkDocs: the site's own configuration and theme."""

    packages = ("mkdocs", "mkdocs-material")
    gone = ("engine.site.markdown", "pymdownx.snippets")
    plugins: tuple[Any, ...] = ("search",)
    suffix = ".md"

    def write_config(self, site: Site) -> None:
        for name in ("assets", "overrides"):
            shutil.copytree(site.root / "docs" / name, site.folder / "docs" / name)
        (site.folder / "docs" / "index.md").write_text(copies.index_of(site.chapters), "utf-8")
        config = read_config(site.root / "mkdocs.yml")
        for name in ("watch", "hooks", "site_url", "repo_url", "edit_uri"):
            config.pop(name, None)
        config["theme"]["custom_dir"] = "docs/overrides"
        config["nav"] = self.nav(site.chapters)
        config["plugins"] = list(self.plugins)
        config["markdown_extensions"] = [
            extension
            for extension in config["markdown_extensions"]
            if name_of(extension) not in self.gone
        ]
        if self.gone:
            config["markdown_extensions"].remove(fences_of(config))
            config["markdown_extensions"].append("pymdownx.superfences")
        self.configure(site, config)
        text = yaml.dump(config, Dumper=Dumper, sort_keys=False, allow_unicode=True)
        (site.folder / "mkdocs.yml").write_text(text, "utf-8")

    def configure(self, site: Site, config: dict[str, Any]) -> None:
        """Add what this tool needs to the configuration."""

    def loosen(self, site: Site) -> None:
        path = site.folder / "mkdocs.yml"
        text = path.read_text("utf-8").replace("strict: true\n", "")
        path.write_text(text.replace("allow_errors: false", "allow_errors: true"), "utf-8")

    def nav(self, chapters: list[Chapter]) -> list[Any]:
        sections: dict[str, list[str]] = {}
        for chapter in chapters:
            sections.setdefault(chapter.copy, []).append(chapter.stem + self.suffix)
        return [{"Home": "index.md"}, *({name: pages} for name, pages in sections.items())]

    def command(self, bin: Path) -> list[str]:
        return [str(bin / "python"), "-m", "mkdocs", "build"]

    def write_page(self, site: Site, chapter: Chapter) -> None:
        path = site.folder / "docs" / f"{chapter.stem}{self.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.page(site, chapter), "utf-8")

    @abstractmethod
    def page(self, site: Site, chapter: Chapter) -> str: ...


class ThisEngine(Mkdocs):
    name = "engine"
    title = "this engine"
    packages = ("mkdocs", "mkdocs-material", "torch", "matplotlib")
    caches = (".cache",)
    gone = ()

    def configure(self, site: Site, config: dict[str, Any]) -> None:
        config["plugins"] = ["search", {"engine": {}}]

    def page(self, site: Site, chapter: Chapter) -> str:
        return site.page(chapter)


class Plain(Mkdocs):
    """The floor: no code runs, and all outputs are pasted in."""

    name = "plain"
    title = "plain MkDocs"
    executes = False

    def page(self, site: Site, chapter: Chapter) -> str:
        assert site.outputs
        lines = site.page(chapter).splitlines()
        for shown in read_page(list(lines)):
            line = lines[shown.line - 1]
            if isinstance(shown, Value):
                lines[shown.line - 1] = pasted_values(line, site.outputs.value)
            elif isinstance(shown, Include):
                if shown.output:
                    text = site.outputs.file(shown.stem, shown.output)
                else:
                    text = section_text(site.source(shown.stem), shown.section or "")
                lines[shown.line - 1] = textwrap.indent(text, shown.indent)
        return "\n".join(lines) + "\n"


class MarkdownExec(Mkdocs):
    name = "markdown-exec"
    title = "markdown-exec"
    packages = ("markdown-exec", *Mkdocs.packages)
    gone = ("engine.site.markdown",)
    plugins = ("search", "markdown-exec")

    def configure(self, site: Site, config: dict[str, Any]) -> None:
        options = {"base_path": ["snippets"], "check_paths": True, "dedent_subsections": True}
        config["markdown_extensions"].append({"pymdownx.snippets": options})
        (site.folder / "pictures.py").write_text(PICTURES, "utf-8")

    def page(self, site: Site, chapter: Chapter) -> str:
        return executed_page(site, site.page(chapter))


def executed_page(site: Site, page: str) -> str:
    """Return a page with fences that run. A section runs where it or its output first appears.

    Fences include sections as they do on the site's own pages.
    """
    assert site.outputs
    lines = page.splitlines()
    runs = Runs(site.source)
    shown = list(read_page(list(lines)))
    blocks: dict[int, list[Include]] = {}
    for one in shown:
        if isinstance(one, Include):
            blocks.setdefault(one.block or one.line, []).append(one)
    result: list[str] = []
    number = 0
    while number < len(lines):
        number += 1
        line = lines[number - 1]
        if number not in blocks:
            result.append(pasted_values(line, site.outputs.value))
            continue
        includes = blocks[number]
        fence = FENCE.match(line)
        last = end_of_fence(lines, number - 1, fence["marks"]) + 1 if fence else number
        indent = includes[0].indent
        result += [
            indent + text if text else ""
            for text in executed_block(includes, runs, site.outputs, fence["info"] if fence else "")
        ]
        number = last
    return "\n".join(result) + "\n"


def executed_block(includes: list[Include], runs: Runs, outputs: Outputs, info: str) -> list[str]:
    """Return the replacement of a code block, output block or figure of the site's page."""
    stem = includes[0].stem
    session = f'session="{stem}"'
    lines: list[str] = []

    def run(options: str, code: list[str]) -> None:
        lines.extend([f'``` python exec="on" {options} {session}'.rstrip(), *code, "```", ""])

    def included(name: str) -> str:
        return f'--8<-- "{stem}.py:{name}"'

    if top := runs.top(stem):
        run("", top.splitlines())
    if includes[0].output is None:
        names = [include.section or "" for include in includes]
        code = [text for name in names for text in (included(name), "")][:-1]
        if runs.new(stem, names) != names:
            return [*lines, f"``` {info.strip()}", *code, "```"]
        title = re.search(r'title="[^"]*"', info)
        sections = outputs.of(stem).sections
        prints = any(sections[name].text for name in names if name in sections)
        options = f'source="above" {title[0] if title else ""}'
        run(f'{options} result="text"' if prints else options, code)
        return lines
    names = runs.hidden(stem, section_of(includes[0].output))
    code = [text for name in names for text in (included(name), "")]
    if includes[0].output.endswith(".txt"):
        if names:
            run('result="text"', code[:-1])
        return lines
    if names:
        code += ["from pictures import pictures", "", "drawn = pictures()"]
    place = re.search(r"_(\d+)\.svg$", includes[0].output)
    run('html="on"', [*code, f"print(drawn[{int(place[1]) - 1 if place else 0}])"])
    return lines


def pasted_values(line: str, value: Callable[[str, str], str]) -> str:
    return VALUE.sub(lambda match: value(match["stem"], match["expression"]), line)


class MkdocsJupyter(Mkdocs):
    name = "mkdocs-jupyter"
    title = "mkdocs-jupyter"
    packages = ("mkdocs-jupyter", "nbconvert", *Mkdocs.packages)
    caches = (".cache",)
    suffix = ".ipynb"
    plugins = (
        "search",
        {
            "mkdocs-jupyter": {
                "execute": True,
                "allow_errors": False,
                "include": ["*.ipynb"],
                "remove_tag_config": {"remove_input_tags": ["remove-input"]},
            }
        },
    )

    def write_config(self, site: Site) -> None:
        super().write_config(site)
        index = site.folder / "docs" / "index.md"
        index.write_text(index.read_text("utf-8").replace(".md)", ".ipynb)"), "utf-8")

    def page(self, site: Site, chapter: Chapter) -> str:
        cells = [cell_of(cell) for cell in notebook(site, chapter, ".ipynb")]
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(whole, indent=1)


FIGURES_AS_TEXT = '%config InlineBackend.figure_formats = ["svg"]'


def notebook(site: Site, chapter: Chapter, suffix: str) -> list[Words | Cell]:
    assert site.outputs
    cells = list(cells_of(site.page(chapter), site.source, site.outputs.value, suffix))
    return [cells[0], Cell(FIGURES_AS_TEXT, shown=False), *cells[1:]]


def cell_of(cell: Words | Cell) -> dict[str, Any]:
    if isinstance(cell, Words):
        return {"cell_type": "markdown", "metadata": {}, "source": cell.text}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {} if cell.shown else {"tags": ["remove-input"]},
        "outputs": [],
        "source": cell.code,
    }


SPHINX = """\
# SPDX-License-Identifier: MIT
from pathlib import Path

from jupyter_cache import get_cache

nb_execution_cache_path = str(Path(__file__).parent.parent / ".jupyter_cache")
# Two readers at once (-j) would both try to make its tables, and the build would end.
_ = get_cache(nb_execution_cache_path).db

project = "Self-Attention, Step by Step"
extensions = ["myst_nb", "sphinx_copybutton"]
html_theme = "furo"
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 60
"""
FRONT = """\
---
file_format: mystnb
kernelspec:
  name: python3
---
"""


class MystNb(Tool):
    name = "myst-nb"
    title = "MyST-NB"
    packages = ("myst-nb", "jupyter-cache", "sphinx", "furo")
    caches = (".jupyter_cache", ".doctrees")

    def write_config(self, site: Site) -> None:
        docs = site.folder / "docs"
        (docs / "conf.py").write_text(SPHINX, "utf-8")
        lines = [copies.index_of(site.chapters), "```{toctree}", ":hidden:", ""]
        lines += [chapter.stem for chapter in site.chapters]
        (docs / "index.md").write_text("\n".join([*lines, "```", ""]), "utf-8")

    def loosen(self, site: Site) -> None:
        path = site.folder / "docs" / "conf.py"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "raise_on_error" not in line), "utf-8")

    def write_page(self, site: Site, chapter: Chapter) -> None:
        path = site.folder / "docs" / f"{chapter.stem}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = [FRONT]
        for cell in notebook(site, chapter, ".md"):
            if isinstance(cell, Words):
                parts.append(f"{cell.text}\n")
            else:
                tags = "" if cell.shown else ":tags: [remove-input]\n\n"
                parts.append(f"```{{code-cell}} python\n{tags}{cell.code}\n```\n")
        path.write_text("\n".join(parts), "utf-8")

    def command(self, bin: Path) -> list[str]:
        python = [str(bin / "python"), "-m", "sphinx", "-q", "-j", "auto"]
        return [*python, "-d", ".doctrees", "docs", "site"]

    def built(self, site: Site, chapter: Chapter) -> Path:
        return site.folder / "site" / f"{chapter.stem}.html"


TOOLS: tuple[Tool, ...] = (ThisEngine(), Plain(), MarkdownExec(), MkdocsJupyter(), MystNb())


def name_of(extension: Any) -> str:
    return extension if isinstance(extension, str) else next(iter(extension))


def read_config(path: Path) -> dict[str, Any]:
    """Return the site's configuration, without values from the environment."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!ENV", lambda loader, node: None)
    Loader.add_multi_constructor(PYTHON_NAME, lambda loader, name, node: PythonName(name))
    return yaml.load(path.read_text("utf-8"), Loader)


PYTHON_NAME = "tag:yaml.org,2002:python/name:"


class PythonName(str):
    """The name of a function, which YAML writes as a tag."""


class Dumper(yaml.SafeDumper):
    """Writes such names as tags."""


Dumper.add_representer(
    PythonName, lambda dumper, name: dumper.represent_scalar(PYTHON_NAME + name, "")
)


def fences_of(config: dict[str, Any]) -> Any:
    """Return the entry of the extension that has the engine's own fences."""
    extensions = config["markdown_extensions"]
    return next(one for one in extensions if name_of(one) == "pymdownx.superfences")


__all__ = ["TOOLS", "Outputs", "Site", "Tool", "outputs_of"]
