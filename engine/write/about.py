# SPDX-License-Identifier: MIT
"""Collect the facts about a page that the theme shows, as lines for its front matter.

`chapter` has the number of a chapter in its part, and its reading time; `shapes` the shapes of
tensors, if the author's front matter has a `map`; `built` the version of torch and the date.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine.model.build import Build
from engine.model.page import Container, Example, Heading, Page, Prose, Value, walk
from engine.model.project import Site
from engine.model.tensors import Tensor
from engine.programs.statements import code_of
from engine.write.built import built
from engine.write.notebook.plan import kind_of

WORDS_PER_MINUTE = 200
MINUTES_PER_EXERCISE = 3
EXERCISES = ("quiz", "success")  # the names of folded solutions


def about(page: Page, build: Build, site: Site, tensor_shapes: Mapping[str, str]) -> dict[str, Any]:
    """Return the entries to add to the front matter of a page; `tensor_shapes`: see `shapes`."""
    meta: dict[str, Any] = {"built": built()}
    _, part = site.nav.get(page.name, ("", ""))
    if part and kind_of(page) != "none":
        pages = {p.name: p for p in build.pages}
        names = [name for name, (_, s) in site.nav.items() if s == part and name in pages]
        steps = [name for name in names if kind_of(pages[name]) != "none"]
        meta["chapter"] = {
            "part": part,
            "step": steps.index(page.name) + 1,
            "steps": len(steps),
            "minutes": minutes(page, build),
        }
    if "map" in page.meta:
        meta["shapes"] = dict(tensor_shapes)
    return meta


def minutes(page: Page, build: Build) -> int:
    """Return the minutes that a page takes to read and solve, rounded to a multiple of 5."""
    words = 0
    exercises = 0
    for block in walk(page.blocks):
        if isinstance(block, Prose | Heading):
            words += len(block.text.split())
        elif isinstance(block, Container) and block.name in EXERCISES:
            exercises += 1
        elif isinstance(block, Example) and block.verb in ("", "code"):
            snippet = build.snippets.get(block.stem)
            sections = snippet.named(block.sections) if snippet else []
            words += sum(len(code_of(snippet.text, s).split()) for s in sections if snippet)
    minutes = words / WORDS_PER_MINUTE + exercises * MINUTES_PER_EXERCISE
    return 5 * max(1, round(minutes / 5))


def shapes(build: Build, tensors: Iterable[Tensor]) -> dict[str, str]:
    """Return the shapes of tensors by name, from the page that shows the most of them."""
    return max((shapes_on(page, build, tensors) for page in build.pages), key=len, default={})


def shapes_on(page: Page, build: Build, tensors: Iterable[Tensor]) -> dict[str, str]:
    """Return the shapes of tensors that a page shows as values, such as `{{ keys.shape }}`."""
    names = {f"{name}.shape": t.name for t in tensors for name in (t.name, *t.aliases)}
    return {
        names[value.expression]: text
        for value in walk(page.blocks)
        if isinstance(value, Value) and value.expression in names and value.stem in build.results
        if (text := build.value(value).text)
    }


def with_front_matter(text: str, page: Page, meta: dict[str, Any]) -> str:
    """Return the Markdown of a page with `meta` added to its front matter."""
    if not meta:
        return text
    added = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in meta.items()]
    lines = text.split("\n")
    if page.meta:
        lines[page.blocks[0].end - 1 : page.blocks[0].end - 1] = added
        return "\n".join(lines)
    return "\n".join(["---", *added, "---", "", *lines])
