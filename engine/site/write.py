# SPDX-License-Identifier: MIT
"""Writes what the engine has for a generator: pages, notebooks, scripts, the palette.

A file changes only when its text does, so that a generator which looks at times of change renders
no more than it must.
"""

from __future__ import annotations

import base64
import posixpath
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.cache.store import write
from engine.model.build import Build
from engine.model.problem import Problem
from engine.model.project import Project
from engine.read.config import site_of
from engine.read.tensors import tensors_of
from engine.site.card import card
from engine.site.scripts import join_scripts
from engine.write.about import about, shapes, with_front_matter
from engine.write.notebook import notebooks
from engine.write.page import address_of_file, markdown
from engine.write.palette import palette_css
from engine.write.uses import Origins
from engine.write.words import template


@dataclass
class Written:
    """The files that were written, by their addresses below the docs folder.

    pages: those that take the place of an author's own; generated: the others
    joined: the addresses of modules that became a part of other scripts
    problems: why there are no notebooks, or no page at an old address
    """

    pages: dict[str, Path] = field(default_factory=dict)
    generated: dict[str, Path] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def write_site(project: Project, build: Build, config: Mapping[str, Any]) -> Written:
    """Write everything that a build has for a generator, and return where it is.

    config: what MkDocs knows under these names: `site_url`, `repo_url`, `nav`,
    `use_directory_urls`
    """
    site = site_of(config, project.options.branch)
    found = notebooks(build, project, site)
    written = Written(problems=found.problems)
    origins = Origins(build, site)
    tensors = tensors_of(project)
    known_shapes = shapes(build, tensors)
    for page in build.pages:
        text = markdown(page, build, origins, project.has_includes)
        meta = about(page, build, site, known_shapes)
        if links := found.links.get(page.name):
            meta["notebooks"] = links
        text = with_front_matter(text, page, meta)
        written.pages[page.name] = update(project.written / page.name, text.encode())
    for path, script in join_scripts(project.docs, project.root).items():
        uri = path.relative_to(project.docs).as_posix()
        if script is None:
            written.joined.add(uri)
        else:
            written.pages[uri] = update(project.written / uri, script.encode())
    if tensors:
        uri = "assets/palette.css"
        written.generated[uri] = update(project.written / uri, palette_css(tensors).encode())
    for stem, result in build.results.items():
        for saved in (value.file for value in result.values.values() if value.file):
            uri, content = address_of_file(stem, saved), base64.b64decode(saved.content)
            written.generated[uri] = update(project.written / uri, content)
    for file in found.files:
        written.generated[file.path] = update(project.written / file.path, file.content)
    home = str(config.get("site_url") or "")
    written.generated["robots.txt"] = update(project.written / "robots.txt", robots(home))
    if home:  # a picture for other sites is asked for by its whole address
        title = str(config.get("site_name") or "")
        uri = "assets/card.png"
        written.generated[uri] = update(project.written / uri, card(title, tensors))
    if not written.problems:  # without notebooks, their old addresses lead nowhere
        add_moved(project, written, bool(config.get("use_directory_urls", True)))
    wanted = {*written.pages.values(), *written.generated.values()}
    for path in sorted(project.written.rglob("*"), reverse=True):
        if path.is_file() and path not in wanted:
            path.unlink()
    return written


def add_moved(project: Project, written: Written, directories: bool) -> None:
    """Write a page at each old address that leads on to where its page is now.

    It is HTML, so a generator copies it as it is, and lists it neither in the search nor in the
    sitemap.

    directories: whether the address of `a/page.md` is `a/page/`, and not `a/page.html`
    """
    pages = written.pages.keys() | written.generated.keys()
    for old, new in project.options.moved:
        if old in pages or new not in pages:
            message = "there still is such a page" if old in pages else f"there is no page {new}"
            written.problems.append(
                Problem(f"moved: {old}", f"{message}; correct it in mkdocs.yml")
            )
            continue
        uri, target = (address(page, directories) for page in (old, new))
        there = posixpath.relpath(target, posixpath.dirname(uri)).removesuffix("index.html")
        page = template("moved.html.j2").render(address=there)
        written.generated[uri] = update(project.written / uri, page.encode())


def address(page: str, directories: bool) -> str:
    """Return the file that a generator makes of a page."""
    stem = page.removesuffix(".md")
    if directories and posixpath.basename(stem) != "index":
        return f"{stem}/index.html"
    return f"{stem}.html"


def robots(address: str) -> bytes:
    """Return a robots.txt that allows everything; with an address, it names the sitemap."""
    sitemap = f"Sitemap: {address.rstrip('/')}/sitemap.xml\n" if address else ""
    return f"User-agent: *\nAllow: /\n{sitemap}".encode()


def mirror(project: Project, written: Written) -> None:
    """Put all other files of the docs folder beside the written pages.

    For a generator that has to find everything in one folder.
    """
    for path in project.docs.rglob("*"):
        name = path.relative_to(project.docs)
        target = project.written / name
        if path.is_file() and not target.exists() and name.as_posix() not in written.joined:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def update(path: Path, data: bytes) -> Path:
    """Write a file unless it holds this already, whole or not at all."""
    if not path.is_file() or path.read_bytes() != data:
        write(path, data)
    return path
