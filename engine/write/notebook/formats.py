# SPDX-License-Identifier: MIT
"""Convert the cells of a notebook to an .ipynb file, and to the page of the site that shows it."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from typing import Any

from engine.model.result import Figure
from engine.run.environment import digest
from engine.write.notebook.cells import Cell
from engine.write.notebook.plan import HANDS_ON
from engine.write.notebook.prose import with_links
from engine.write.page import fence
from engine.write.words import TEMPLATES, words

Json = dict[str, Any]
Target = Callable[[str, str], str]  # maps a path below docs/ and an anchor to a URL
Colors = Mapping[str, str] | None
PAPER, INK = "#fff", "#1f2328"  # background and text color of a figure outside the site


def notebook(cells: list[Cell], kind: str, target: Target, colors: Colors) -> bytes:
    """Return a notebook as JSON (nbformat 4.5). The same cells give the same bytes.

    In a hands-on notebook, there are no outputs from the first blank on.

    target: returns the URL of a link
    colors: the CSS properties of figures outside the site; None for a page of the site
    """
    seen: Counter[str] = Counter()
    written: list[Json] = []
    count, is_run = 0, True
    for cell in cells:
        if cell.role == "hint" and kind != HANDS_ON:
            continue
        cell_type = "markdown" if cell.role in ("prose", "hint") else "code"
        source = with_links(cell.source, target) if cell_type == "markdown" else cell.source
        if kind == HANDS_ON and cell.hands_on:
            source, is_run = cell.hands_on, False
        key = digest(f"{cell_type}\n{source}".encode())[:12]
        seen[key] += 1
        entry: Json = {
            "cell_type": cell_type,
            "id": key if seen[key] == 1 else f"{key}-{seen[key]}",
            "metadata": metadata_of(cell.role),
            "source": source.splitlines(keepends=True),
        }
        if cell_type == "code":
            count += 1
            entry["execution_count"] = count if is_run else None
            entry["outputs"] = [output(o, colors) for o in cell.outputs] if is_run else []
        written.append(entry)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": written, "metadata": language, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def metadata_of(role: str) -> Json:
    """Return a cell's metadata: its tag, and for folded code the settings of Jupyter and Colab."""
    if role in ("helper", "figure"):
        return {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": [role]}
    return {"tags": [role]} if role in ("answer", "given", "measured") else {}


def output(shown: str | Figure, colors: Colors) -> Json:
    if isinstance(shown, str):
        lines = shown.splitlines(keepends=True)
        return {"name": "stdout", "output_type": "stream", "text": lines}
    data: Json = {"text/html": shown.svg}
    if colors is not None:
        described = re.search(r"<desc[^>]*>(.*?)</desc>", shown.svg, re.DOTALL)
        svg = alone(shown.svg, colors)
        data = {
            "image/svg+xml": svg.splitlines(keepends=True),
            "text/plain": [described[1] if described else ""],
        }
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def alone(figure: str, colors: Mapping[str, str]) -> str:
    """Return a figure as an SVG that needs no page: with colors, a font and a size."""
    svg = figure[figure.index("<svg ") : figure.index("</svg>") + len("</svg>")]
    view = re.search(r'viewBox="\S+ \S+ (?P<width>\S+) (?P<height>\S+)"', svg)
    width, height = view.groups() if view else ("", "")
    style = "".join(f"{name}:{color};" for name, color in colors.items() if f"({name}," in svg)
    style += f"--md-default-bg-color:{PAPER};background:{PAPER};color:{INK};font-family:sans-serif;"
    svg = svg.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" ', 1)
    svg = svg.replace(' style="', f' height="{height}" style="{style}', 1)
    return svg.replace("&#123;", "{").replace("&#125;", "}")


def headings_alone(cells: list[Cell]) -> list[Cell]:
    """Return the first cell, the code cells, and the headings above these; no other prose."""
    first, *others = cells
    kept, headings = [first], list[Cell]()
    for cell in others:
        if cell.role == "hint":
            continue
        if cell.role != "prose":
            kept += [*headings, cell]
            headings = []
        elif level := level_of(cell):
            headings = [above for above in headings if level_of(above) < level]
            headings.append(Cell(cell.source.partition("\n")[0], "prose"))
    return kept


def level_of(cell: Cell) -> int:
    """Return the level of the heading that a cell begins with, 1 to 6, or 0."""
    heading = re.match(r"#+(?= )", cell.source)
    return len(heading[0]) if heading else 0


@cache
def version() -> bytes:
    """Return a digest of everything but the notebook that affects the conversion to a page."""
    template = (TEMPLATES / "notebook_page.md.j2").read_bytes()
    parts = [metadata.version("nbconvert").encode(), repr(words()).encode(), template]
    return digest(b"\0".join(parts)).encode()


@cache
def exporter() -> Any:
    """Return nbconvert's Markdown exporter with the engine's template.

    Its import takes 0.9 s, so it waits until a notebook is not in the cache.
    """
    from nbconvert.exporters.markdown import MarkdownExporter
    from traitlets.config import Config

    config = Config({"ExtractOutputPreprocessor": {"enabled": False}})
    exporter: Any = MarkdownExporter
    return exporter(
        config=config,
        template_file="notebook_page.md.j2",
        extra_template_paths=[str(TEMPLATES)],
        filters={"fenced": lambda text, info: fence(info, text)},
    )


def page_of(file: bytes, brief: bool) -> str:
    """Return the Markdown of the page of a notebook, which is given as JSON."""
    to_do = words()["to_do"].partition("{")[0].strip()
    resources = {"brief": brief, "to_do": to_do, "words": words()}
    text, _ = exporter().from_file(io.StringIO(file.decode()), resources)
    return str(text)
