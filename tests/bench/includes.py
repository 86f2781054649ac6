# SPDX-License-Identifier: MIT
"""Rewrite chapters for other tools: all code and outputs become fences with includes.

An expression that prints or draws becomes a hidden section of the chapter's snippet.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from engine.model.page import Block, Container, Example, FrontMatter, Print, Value, walk
from engine.model.snippet import Section
from engine.read.page import parse
from engine.read.snippet import read_sections

# The functions that expressions of the walkthrough call, and their modules.
HELPERS = {
    "overview": "snippets.drawing.maps",
    "row_times_matrix": "snippets.walkthrough.by_hand",
    "softmax": "snippets.walkthrough.by_hand",
    "sum_of_products": "snippets.walkthrough.by_hand",
    "weighted_rows": "snippets.walkthrough.by_hand",
}
GUARD = 'if __name__ == "__main__":\n'


@dataclass
class Chapter:
    """A page with includes, and its snippet with a section for each expression."""

    page: str
    snippet: str
    stem: str = ""
    added: list[str] = field(default_factory=list)


def with_includes(page: str, snippets: Path) -> Chapter:
    """Return a chapter without directives, and with the snippet's name in each value."""
    parsed = parse(page)
    stem = str(parsed.meta["snippet"])
    chapter = Chapter("", (snippets / f"{stem}.py").read_text("utf-8"), stem)
    lines = page.split("\n")
    for block in sorted(walk(parsed.blocks), key=position, reverse=True):
        if isinstance(block, FrontMatter):
            ours = ("snippet:", "notebook:")
            kept = [line for line in lines[: block.end] if not line.startswith(ours)]
            lines[: block.end] = kept
        elif isinstance(block, Example):
            lines[block.line - 1 : block.end] = example(block, snippets)
        elif isinstance(block, Print):
            name = add(chapter, f'print(*{block.expression}, sep="\\n")', block.expression)
            lines[block.line - 1] = fence(
                block, f'text title="{block.title}"', [f"{stem}/{name}.txt"]
            )
        elif isinstance(block, Value) and block.alone and called(block.expression) & HELPERS.keys():
            name = add(chapter, block.expression, block.expression)
            lines[block.line - 1] = f'{block.indent}--8<-- "{stem}/{name}.svg"'
        elif isinstance(block, Value):
            line = lines[block.line - 1]
            value = f"{{{{ {block.stem}: {block.expression} }}}}"
            lines[block.line - 1] = f"{line[: block.start]}{value}{line[block.stop :]}"
        elif isinstance(block, Container) and block.name == "quiz":
            lines[block.line - 1] = lines[block.line - 1].replace("quiz", "success", 1)
    chapter.page = "\n".join(lines)
    return chapter


def position(block: Block) -> tuple[int, int]:
    return block.line, block.start if isinstance(block, Value) else -1


def example(block: Example, snippets: Path) -> list[str]:
    """Return the fences of a directive: code and its output, or a figure and its code."""
    source = (snippets / f"{block.stem}.py").read_text("utf-8")
    sections = {section.name: section for section in read_sections(source, block.stem)[0]}
    code = f'py title="snippets/{block.stem}.py"'
    shown = [f"{block.stem}.py:{name}" for name in block.sections]
    if block.verb == "figure":
        folded = textwrap.indent(fence(block, code, shown), "    ")
        title = f'{block.indent}??? example "The code that draws this"'
        return [
            f'{block.indent}--8<-- "{block.stem}/{block.sections[0]}.svg"',
            "",
            title,
            "",
            folded,
        ]
    if block.verb == "output":
        return [f'{block.indent}--8<-- "{block.stem}/{name}.svg"' for name in block.sections]
    parts = [fence(block, code, shown)]
    printing = [name for name in block.sections if prints(source, sections[name])]
    if printing and not block.verb:
        outputs = [f"{block.stem}/{name}.txt" for name in printing]
        parts += ["", fence(block, 'text title="Output"', outputs)]
    return parts


def fence(block: Block, info: str, includes: list[str]) -> str:
    body = "\n\n".join(f'--8<-- "{include}"' for include in includes)
    text = f"``` {info}\n{body}\n```"
    return textwrap.indent(text, block.indent)


def prints(source: str, section: Section) -> bool:
    lines = source.split("\n")[section.start : section.end - 1]
    return "print" in called(textwrap.dedent("\n".join(lines)))


def called(code: str) -> set[str]:
    """Return the names of the functions that code calls."""
    return {
        node.func.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def add(chapter: Chapter, code: str, expression: str) -> str:
    """Add a hidden section to the end of a chapter's snippet, and return its name."""
    name = f"expression-{len(chapter.added) + 1}"
    chapter.added.append(name)
    modules = sorted({(HELPERS[one], one) for one in called(expression) & HELPERS.keys()})
    imports = [f"from {module} import {function}" for module, function in modules]
    lines = [f"# --8<-- [start:{name}] hidden", *imports, "", code, f"# --8<-- [end:{name}]"]
    text = chapter.snippet.rstrip("\n")
    if GUARD not in text:
        text += f"\n\n{GUARD}".rstrip("\n")
    chapter.snippet = text + "\n\n" + textwrap.indent("\n".join(lines), "    ") + "\n"
    return name
