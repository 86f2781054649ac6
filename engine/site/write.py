# SPDX-License-Identifier: MIT
"""Write the input of the site generator: pages, notebooks, scripts, the palette.

Files with unchanged content keep their modification time, by which a generator may decide what to
render again.
"""

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
    """The files that were written, by their paths relative to the docs folder.

    pages: files that replace files of the author; generated: all others
    joined: the paths of modules that were bundled into scripts
    problems: the reasons why there are no notebooks, or no redirect from an old page
    """

    pages: dict[str, Path] = field(default_factory=dict)
    generated: dict[str, Path] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def write_site(project: Project, build: Build, config: Mapping[str, Any]) -> Written:
    """Write all files for the generator, delete old ones, and return the new ones.

    config: MkDocs' options `site_name`, `site_url`, `repo_url`, `nav` and `use_directory_urls`
    """
    site = site_of(config, project.options.branch)
    published = notebooks(build, project, site)
    written = Written(problems=published.problems)
    origins = Origins(build, site)
    tensors = tensors_of(project)
    tensor_shapes = shapes(build, tensors)
    for page in build.pages:
        text = markdown(page, build, origins, project.has_includes)
        meta = about(page, build, site, tensor_shapes)
        if links := published.links.get(page.name):
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
    for file in published.files:
        written.generated[file.path] = update(project.written / file.path, file.content)
    home = str(config.get("site_url") or "")
    written.generated["robots.txt"] = update(project.written / "robots.txt", robots(home))
    if home:  # previews on other sites need the absolute URL of the picture
        title = str(config.get("site_name") or "")
        uri = "assets/card.png"
        written.generated[uri] = update(project.written / uri, card(title, tensors))
    if not written.problems:  # without notebooks, redirects to them would have no target
        add_moved(project, written, bool(config.get("use_directory_urls", True)))
    current = {*written.pages.values(), *written.generated.values()}
    for path in sorted(project.written.rglob("*"), reverse=True):
        if path.is_file() and path not in current:
            path.unlink()
    return written


def add_moved(project: Project, written: Written, directories: bool) -> None:
    """Write a redirect from each old page to its replacement.

    It is an HTML file, which generators copy, and list neither in the search nor in the sitemap.

    directories: whether the URL of `a/page.md` is `a/page/` instead of `a/page.html`
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
        relative = posixpath.relpath(target, posixpath.dirname(uri)).removesuffix("index.html")
        page = template("moved.html.j2").render(address=relative)
        written.generated[uri] = update(project.written / uri, page.encode())


def address(page: str, directories: bool) -> str:
    """Return the path of the HTML file that a generator writes for a page."""
    stem = page.removesuffix(".md")
    if directories and posixpath.basename(stem) != "index":
        return f"{stem}/index.html"
    return f"{stem}.html"


def robots(address: str) -> bytes:
    """Return a robots.txt that allows everything; if `address` is given, it names the sitemap."""
    sitemap = f"Sitemap: {address.rstrip('/')}/sitemap.xml\n" if address else ""
    return f"User-agent: *\nAllow: /\n{sitemap}".encode()


def mirror(project: Project, written: Written) -> None:
    """Copy the other files of the docs folder to the written pages, which Zensical needs."""
    for path in project.docs.rglob("*"):
        name = path.relative_to(project.docs)
        target = project.written / name
        if path.is_file() and not target.exists() and name.as_posix() not in written.joined:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def update(path: Path, data: bytes) -> Path:
    """Write a file atomically, unless it has this content already; return its path."""
    if not path.is_file() or path.read_bytes() != data:
        write(path, data)
    return path
