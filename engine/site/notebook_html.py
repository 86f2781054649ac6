# SPDX-License-Identifier: MIT
"""Turns a notebook into the HTML of a page, with the converter of mkdocs-jupyter.

Only the converter is used. As a plugin, mkdocs-jupyter is imported by every build, and brings
nbconvert along: 0.55 s, as much as a whole build of this site in which nothing changed. Here it is
imported where a notebook changed, and nowhere else. Its own template would put 575 KB of CSS and
scripts of other hosts into each page; `templates/` stands in for that.
"""

from __future__ import annotations

import html
import json
import logging
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from engine.model.tensors import Tensor
from engine.run.sources import digest
from engine.site.visual import VisualPostprocessor

TEMPLATES = Path(__file__).parent / "templates"

CODE = re.compile(
    r'<div class="highlight-ipynb[^>]*><pre><span></span>(?P<code>.*?)\n?</pre></div>\s*'
    r'<div class="clipboard-copy-txt" id="cell-\d+">.*?</div>',
    re.DOTALL,
)
FENCE = re.compile(
    r'<div class="highlight"><pre><span></span>(?P<code>.*?)\n?</pre></div>', re.DOTALL
)
HEADING = re.compile(
    r'<h(?P<level>[1-6])(?: id="(?P<id>[^"]*)")?>(?P<inner>.*?)</h(?P=level)>', re.DOTALL
)
FORMULA = re.compile(
    r"(?P<kept><(?P<tag>pre|code|svg)\b.*?</(?P=tag)>)"
    r"|(?:<p>\s*)?\$\$(?P<block>.+?)\$\$(?:\s*</p>)?|\$(?P<inline>[^$\n]+?)\$",
    re.DOTALL,
)


@cache
def version() -> str:
    """Changes where a page would come out differently for the same notebook."""
    files = [path.read_bytes() for path in sorted(TEMPLATES.rglob("*.j2"))]
    return digest(b"".join([metadata.version("mkdocs-jupyter").encode(), *files]))


@cache
def converter() -> Any:
    """The converter, which takes most of a second to import."""
    from mkdocs_jupyter import config, convert

    config.settings.templates_dir = str(TEMPLATES)
    logging.getLogger("mkdocs.mkdocs-jupyter").setLevel(logging.WARNING)
    return convert


def page_of(data: bytes, brief: bool = False, tensors: tuple[Tensor, ...] = ()) -> dict[str, Any]:
    """A notebook, given as JSON, as `html` and as `toc`, the tokens of its table of contents.

    brief: of the prose, the headings alone
    """
    data = with_headings_alone(data) if brief else data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notebook.ipynb"
        path.write_bytes(data)
        text = converter().nb2html(str(path), execute=False)
    text = re.sub(r"<style>.*?</style>\s*\Z", "", text, flags=re.DOTALL)
    text = CODE.sub(block_of("python"), text)
    text = FENCE.sub(block_of("text"), text)
    text = re.sub(r'<span class="c1"># TO-DO', '<span class="c1 to-do"># TO-DO', text)
    drawings = map(themed, drawings_in(data))
    text = re.sub(r'(?<=<figure class="drawing">)', lambda _: next(drawings), text)
    text, toc = with_headings(text)
    text = VisualPostprocessor(tensors).run(FORMULA.sub(marked, text))
    return {"html": without_blank_lines(text), "toc": toc}


def block_of(language: str) -> str:
    """A block of code as the pages of the site have it, around what a pattern found."""
    pre = r"<pre><span></span><code>\g<code></code></pre>"
    return f'<div class="language-{language} highlight">{pre}</div>'


def with_headings_alone(data: bytes) -> bytes:
    """A notebook whose prose is, but for its first cell, the headings that have code below them."""
    notebook = json.loads(data)
    first, *others = notebook["cells"]
    first["source"] += [
        "\n\nThis page shows the code, and what it printed and drew. The text between is in the "
        "notebook itself, and in the chapters."
    ]
    cells: list[dict] = [first]
    waiting: list[dict] = []
    for cell in others:
        if cell["cell_type"] == "code":
            cells += [*waiting, cell]
            waiting = []
        elif level := level_of(cell):
            waiting = [above for above in waiting if level_of(above) < level]
            waiting.append(cell | {"source": cell["source"][:1]})
    return json.dumps(notebook | {"cells": cells}).encode()


def level_of(cell: dict) -> int:
    """1 to 6 where a cell begins with a heading, else 0."""
    heading = re.match(r"#+(?= )", "".join(cell["source"][:1]))
    return len(heading[0]) if heading else 0


def without_blank_lines(text: str) -> str:
    """Blank lines between elements go, those in code stay."""
    parts = re.split(r"(<pre.*?</pre>)", text, flags=re.DOTALL)
    return "".join(p if p.startswith("<pre") else re.sub(r"\n\s*\n", "\n", p) for p in parts)


def drawings_in(data: bytes) -> Iterator[str]:
    """The SVGs of a notebook, in their order."""
    for cell in json.loads(data)["cells"]:
        for output in cell.get("outputs", []):
            yield from [
                "".join(svg) for svg in [output.get("data", {}).get("image/svg+xml")] if svg
            ]


def themed(svg: str) -> str:
    """On a page, a drawing takes its colors and its size from the page."""
    svg = re.sub(r'<svg xmlns="[^"]*" width="[^"]*"', "<svg", svg, count=1)
    own = r' height="[^"]*" style="(?:--[^;]*;)+background:[^"]*?font-family:[^;]*;'
    return re.sub(own, ' style="', svg, count=1)


def marked(match: re.Match) -> str:
    """A formula as pymdownx.arithmatex marks it."""
    if match["kept"]:
        return match[0]
    if match["block"]:
        return f'<div class="arithmatex">\\[{match["block"]}\\]</div>'
    return f'<span class="arithmatex">\\({match["inline"]}\\)</span>'


def with_headings(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Headings with ids that are unique on the page and a link to themselves; and their tokens."""
    toc: list[dict[str, Any]] = []
    seen: dict[str, int] = {}

    def heading(match: re.Match) -> str:
        level = int(match["level"])
        inner = re.sub(r'<a class="anchor-link".*?</a>', "", match["inner"], flags=re.DOTALL)
        name = re.sub(r"<[^>]+>", "", inner).strip()
        anchor = re.sub(r"[^\w]+", "-", html.unescape(name).lower()).strip("-")
        seen[anchor] = seen.get(anchor, 0) + 1
        anchor = anchor if seen[anchor] == 1 else f"{anchor}_{seen[anchor] - 1}"
        children = toc
        for _ in range(level - 1):
            if not children:
                break
            children = children[-1]["children"]
        children.append({"level": level, "id": anchor, "name": name, "children": []})
        link = f'<a class="headerlink" href="#{anchor}" title="Link to this section">¶</a>'
        return f'<h{level} id="{anchor}">{inner}{link}</h{level}>'

    return HEADING.sub(heading, text), toc
