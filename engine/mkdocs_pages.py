# SPDX-License-Identifier: MIT
"""The adapter for MkDocs that keeps what a page's Markdown became, and renders what changed.

MkDocs renders every page in every build. Here a page is rendered when anything changed that its
HTML is made from: its text, what it shows, the glossary, the configuration, where files are, or
an installed package.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

from engine.build import Engine, engine_for
from engine.sources import digest, digest_of_file, environment

log = logging.getLogger("mkdocs")
build: Build | None = None


@dataclass
class Build:
    """What all pages of one build are made from.

    common: a digest of what is the same for all of them
    shows: page -> the snippets that it shows, with all that it may show of them
    kept: the files in the cache that this build's pages have
    """

    engine: Engine
    common: str
    shows: dict[str, list[Any]]
    kept: set[Path]


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """The list of files is whole from here on."""
    global build
    root = Path(config.config_file_path).parent
    engine = engine_for(root)
    packages = sorted(n for n in os.listdir(Path(markdown.__file__).parents[1]) if ".dist-" in n)
    common = [
        environment(),
        packages,
        digest_of_file(Path(config.config_file_path)),
        digest_of_file(root / "docs" / "glossary.md"),
        [config.site_url, config.repo_url, config.edit_uri],
        sorted((file.src_uri, file.dest_uri, file.inclusion.value) for file in files),
    ]
    shows = {} if engine.report.problems else what_pages_show(engine)
    build = Build(engine, digest(json.dumps(common).encode()), shows, set())
    return nav


def what_pages_show(engine: Engine) -> dict[str, list[Any]]:
    report = engine.report
    programs: dict[str, list[Any]] = {}
    for block, text in report.programs.items():
        programs.setdefault(block.stem, []).append([block.sections, text])
    shows: dict[str, list[Any]] = {}
    for stem, snippet in report.snippets.items():
        result = report.results[stem]
        made = [stem, snippet.text, result.sections, result.values, programs.get(stem)]
        for page in snippet.pages:
            shows.setdefault(page, []).append(made)
    return shows


def on_pre_page(page: Any, config: Any, files: Any) -> Any:
    assert build
    path = build.engine.project.pages / f"{page.file.src_uri}.json"
    build.kept.add(path)
    # Of what is not logged, nothing says that it has to be told again in the next build.
    if not build.engine.report.problems and log.isEnabledFor(logging.INFO):
        page.render = functools.partial(render, build, page, path)
    return page


def on_post_build(config: Any) -> None:
    """Forgets pages that are gone."""
    if build and not build.engine.report.problems:
        for path in build.engine.project.pages.rglob("*.json"):
            if path not in build.kept:
                path.unlink(missing_ok=True)


def render(build: Build, page: Any, path: Path, config: Any, files: Any) -> None:
    """Takes the place of the method of a page; `path` is where its HTML is kept."""
    shown = build.shows.get(f"docs/{page.file.src_uri}")
    parts = [build.common, page.markdown, shown]
    made_from = digest(json.dumps(parts, sort_keys=True).encode())
    body = build.engine.store.load_checked(path)
    kept = json.loads(body) if body else {}
    if kept.get("made_from") == made_from:
        put_back(kept["page"], page, files)
        return
    told = Told()
    log.addHandler(told)
    try:
        Page.render(page, config, files)
    finally:
        log.removeHandler(told)
    if not told.anything:  # else it is to be told in the next build too
        body = json.dumps({"made_from": made_from, "page": taken_from(page)}, sort_keys=True)
        with contextlib.suppress(OSError):  # then it is rendered again
            build.engine.store.save_checked(path, body.encode())


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
