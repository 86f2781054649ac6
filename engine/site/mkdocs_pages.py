# SPDX-License-Identifier: MIT
"""The adapter for MkDocs that keeps pages, and makes again those that something has reached.

MkDocs makes every page in every build: it renders the Markdown, puts it into the theme, and reads
the HTML once more for the search. Here each of the three is done again only when something changed
that it is made from: the text, what the page shows, the glossary, the navigation, the theme, the
configuration, or an installed package. The theme's templates are kept compiled.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown
from jinja2.bccache import Bucket, BytecodeCache
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

from engine.build import Engine, engine_for
from engine.cache.store import Made, Store
from engine.run.child import is_own
from engine.run.sources import digest, digest_of_file, environment

log = logging.getLogger("mkdocs")
build: Build | None = None
# What MkDocs gives to every template; the rest of a context is compared as it is.
SHARED = {"nav", "pages", "config", "page", "extra_css", "extra_javascript"}
DATE = "build_date_utc"
TEMPLATES = ("*.html", "[!.]*/**/*.html")


@dataclass
class Build:
    """What the pages of one build are made from.

    common: a digest of what is the same for all of them
    shows: page -> for each snippet that it shows, a digest of all that it may show of it
    around: what the theme puts around a page: the navigation and the theme's own files
    dated: whether a template may show the time of the build
    """

    made: Made
    common: str
    shows: dict[str, list[str]]
    around: str = ""
    dated: bool = True

    def get(
        self, kind: str, page: Any, parts: list[Any], make: Callable[[], Any], text: bool = False
    ) -> Any:
        """What `make` gives, or gave when these parts were the same."""
        made_from = [kind, page.file.src_uri, self.common, parts]
        return self.made.get(json.dumps(made_from, default=str).encode(), make, text)


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """The list of files is whole from here on."""
    global build
    root = Path(config.config_file_path).parent
    engine = engine_for(root)
    # Of what is not logged, nothing would say that it has to be told again in the next build.
    if engine.report.problems or not log.isEnabledFor(logging.INFO):
        build = None
        return nav
    text = "\n".join(texts_of(Path(config.config_file_path)))
    variables = {
        name for line in re.findall(r"!ENV(.*)", text) for name in re.findall(r"\w+", line)
    }
    modules = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    common = [
        environment(),
        sorted(n for n in os.listdir(Path(markdown.__file__).parents[1]) if ".dist-" in n),
        [text, {name: os.environ.get(name) for name in variables}],
        [as_loaded(file) for file in sorted(modules) if is_own(file, str(root))],
        digest_of_file(root / "docs" / "glossary.md"),
        sorted((file.src_uri, file.dest_uri, file.inclusion.value) for file in files),
    ]
    made_from = digest(json.dumps(common, sort_keys=True).encode())
    build = Build(Made(engine.project.pages), made_from, shown_by(engine))
    return nav


def texts_of(config: Path) -> Iterator[str]:
    """A configuration, and those that it inherits from."""
    text = config.read_text("utf-8")
    yield text
    if parent := re.search(r"^INHERIT:\s*[\"']?(.+?)[\"']?\s*(#.*)?$", text, re.MULTILINE):
        yield from texts_of(config.parent / parent[1])


@functools.cache
def as_loaded(module: str) -> str | None:
    """The digest of a file when it was first seen: a server goes on with the module it has."""
    return digest_of_file(Path(module))


def shown_by(engine: Engine) -> dict[str, list[str]]:
    report = engine.report
    programs: dict[str, list[Any]] = {}
    for block, text in report.programs.items():
        programs.setdefault(block.stem, []).append([block.sections, text])
    shows: dict[str, list[str]] = {}
    for stem, snippet in report.snippets.items():
        result = report.results[stem]
        made = [stem, snippet.text, result.sections, result.values, programs.get(stem)]
        text = json.dumps(made, default=vars, sort_keys=True)  # one that was loaded has another order
        for page in snippet.pages:
            shows.setdefault(page, []).append(digest(text.encode()))
    return shows


def on_pre_page(page: Any, config: Any, files: Any) -> Any:
    if build:
        page.render = functools.partial(render, build, page)
    return page


def render(build: Build, page: Any, config: Any, files: Any) -> None:
    """Takes the place of the method of a page."""

    def make() -> dict[str, Any] | None:
        told = Told()
        log.addHandler(told)
        try:
            Page.render(page, config, files)
        finally:
            log.removeHandler(told)
        return None if told.anything else taken_from(page)

    parts = [page.markdown, build.shows.get(f"docs/{page.file.src_uri}")]
    if kept := build.get("markdown", page, parts, make):
        put_back(kept, page, files)


class Told(logging.Handler):
    """Notes whether anything is logged, such as a link that leads nowhere."""

    anything = False

    def emit(self, record: logging.LogRecord) -> None:
        self.anything = True


def taken_from(page: Any) -> dict[str, Any]:
    return {
        "content": page.content,
        "title": page._title_from_render,
        "toc": [as_data(link) for link in page.toc],
        "anchors": sorted(page.present_anchor_ids),
        "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
    }


def put_back(kept: dict[str, Any], page: Any, files: Any) -> None:
    page.content = kept["content"]
    page._title_from_render = kept["title"]
    page.toc = TableOfContents([as_link(data) for data in kept["toc"]])
    page.present_anchor_ids = set(kept["anchors"])
    page.links_to_anchors = {files.src_uris[uri]: links for uri, links in kept["links"].items()}


def as_data(link: AnchorLink) -> list[Any]:
    return [link.title, link.id, link.level, [as_data(child) for child in link.children]]


def as_link(data: list[Any]) -> AnchorLink:
    title, id_, level, children = data
    link = AnchorLink(title, id_, level)
    link.children = [as_link(child) for child in children]
    return link


def on_env(env: Any, config: Any, files: Any) -> Any:
    """Every page is rendered; none is in the theme or in the search yet."""
    if build is None:
        return env
    pages = [file.page for file in files.documentation_pages() if file.page]
    theme = Path(config.theme.custom_dir or os.devnull)
    around = [
        [(page.url, page.title, page.meta) for page in pages],
        {str(file): digest_of_file(file) for file in sorted(theme.rglob("*")) if file.is_file()},
    ]
    build.around = digest(json.dumps(around, default=str).encode())
    # Not those in hidden folders: the icons are ten thousand files.
    templates = [f for d in config.theme.dirs for g in TEMPLATES for f in Path(d).glob(g)]
    build.dated = any(DATE in file.read_text("utf-8") for file in templates)
    env.bytecode_cache = Compiled(build)
    env.get_template = functools.partial(template_of, build, env.get_template)
    for plugin in config.plugins.values():
        index = getattr(plugin, "search_index", None)
        if hasattr(index, "entries"):
            add = index.add_entry_from_context
            index.add_entry_from_context = functools.partial(add_entry, build, index, add)
    return env


class Compiled(BytecodeCache):
    """The compiled templates; Jinja's own cache of files would stumble over a damaged one."""

    def __init__(self, build: Build) -> None:
        self.build = build

    def path(self, bucket: Bucket) -> Path:
        made_from = f"{self.build.common} {bucket.key} {bucket.checksum}".encode()
        path = self.build.made.folder / f"{digest(made_from)}.jinja"
        self.build.made.used.add(str(path))
        return path

    def load_bytecode(self, bucket: Bucket) -> None:
        if body := Store.load_checked(self.path(bucket)):
            bucket.bytecode_from_string(body)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):  # then it is compiled again
            Store.save_checked(self.path(bucket), bucket.bytecode_to_string())


def template_of(build: Build, get: Callable[..., Any], name: Any, *parent: Any, **more: Any) -> Any:
    """Takes the place of a method of the environment, which is called for parts of pages too."""
    template = get(name, *parent, **more)
    return template if parent or more else Template(build, template)


@dataclass
class Template:
    """A template that is filled in once for a page."""

    build: Build
    template: Any

    def render(self, context: dict[str, Any]) -> str:
        page = context["page"]
        if page is None:
            return self.template.render(context)
        needless = SHARED if self.build.dated else {*SHARED, DATE}
        parts = [
            self.template.name,
            self.build.around,
            [digest(page.content.encode()), page.url, page.title, page.meta],
            [page.edit_url, page.canonical_url],
            [as_data(link) for link in page.toc],
            {name: value for name, value in context.items() if name not in needless},
        ]
        return self.build.get(
            "theme", page, parts, lambda: self.template.render(context), text=True
        )


def add_entry(build: Build, index: Any, add: Callable[[Any], None], page: Any) -> None:
    """Takes the place of a method of the search's index."""
    before = len(index.entries)

    def make() -> list[Any]:
        add(page)
        entries = index.entries[before:]
        del index.entries[before:]
        return entries

    content = digest(page.content.encode())
    parts = [content, page.url, page.title, page.meta, [as_data(link) for link in page.toc]]
    index.entries += build.get("search", page, parts, make)


def on_post_build(config: Any) -> None:
    if build:
        build.made.forget_others()
