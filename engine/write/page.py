# SPDX-License-Identifier: MIT
"""Turn a parsed page and the results of its snippets into plain Markdown.

The site generator gets code in ordinary fences, outputs in `text` fences, and the engine's HTML
(figures, tables of values, programs) in fences named `engine-html`. Their formatter,
`engine.site.markdown.engine_html`, returns the HTML unchanged. Unlike raw HTML, such a fence also
works in folded parts, lists, tabs and footnotes.
"""

import html
import re
import textwrap
from collections.abc import Iterable, Iterator

from engine.model.build import Build, Snippet
from engine.model.page import Block, Example, Page, Print, Value, WholeFile, walk
from engine.model.problem import visible
from engine.model.result import SavedFile
from engine.model.snippet import WHOLE_FILE, CodeBlock
from engine.programs.statements import code_of
from engine.read.snippet import is_measured
from engine.write.uses import Origins
from engine.write.words import words

LIKE_INCLUDE = re.compile(r"^([ \t]*)(;*-+8<-+)", re.MULTILINE)
NUMBERED = tuple(".)")  # a number at the start of a line, followed by one of these, starts a list


def markdown(
    page: Page, build: Build, origins: Origins | None = None, has_includes: bool = False
) -> str:
    """Return a page as plain Markdown. Broken blocks are replaced, with a message at the top.

    has_includes: whether pymdownx.snippets processes the text; then lines of code and of outputs
        that look like its includes are escaped
    origins: the pages that imported names come from, shared by all pages of a build
    """
    return _Writer(page, build, origins or Origins(build), has_includes).write()


class _Writer:
    def __init__(self, page: Page, build: Build, origins: Origins, has_includes: bool) -> None:
        self.page, self.build = page, build
        self.origins, self.has_includes = origins, has_includes
        self.lines = page.text.split("\n")
        self.problems = build.problems_on(page)
        self.broken = build.broken_lines(page)

    def write(self) -> str:
        # Backwards, so that the numbers of earlier lines stay valid.
        blocks = list(walk(self.page.blocks))
        for block in sorted(blocks, key=position, reverse=True):
            if isinstance(block, Value) and not self.is_block(block):
                self.put_in_line(block)
            elif (text := self.text_of(block)) is not None:
                self.put(block, text)
        if self.problems:
            head = self.page.blocks[0].end if self.page.meta else 0
            self.lines.insert(head, f"{self.message()}\n")
        return "\n".join(self.lines)

    def text_of(self, block: Block) -> str | None:
        """Return the Markdown for a block, not indented, or None if it needs no replacement."""
        if not isinstance(block, Example | Print | WholeFile | Value):
            return None
        if block.line in self.broken:
            return words()["nothing"]
        match block:
            case Example():
                return paragraphs(self.example(block))
            case Print():
                value = self.build.value(block)
                return self.output(value.lines or value.text or "", block.title, block.stem)
            case WholeFile():
                code = code_of(self.build.snippets[block.stem].text, WHOLE_FILE)
                written = fence(block.info, code, block.marks)
                return paragraphs([*self.program(CodeBlock(block.stem)), written])
            case Value():
                return paragraphs(self.value(block))

    def example(self, block: Example) -> Iterator[str]:
        outputs = self.build.outputs(block.stem, block.sections)
        figures = [raw(figure.svg) for output in outputs for figure in output.figures]
        text = "".join(output.text for output in outputs)
        if block.verb == "figure":
            yield from figures
            folded = textwrap.indent(paragraphs(self.code(block)), "    ")
            yield f'??? example "{words()["drawing"]}"\n\n{folded}'
            return
        if block.verb != "output":
            yield from self.code(block)
        if text and block.verb != "code":
            yield self.output(text, block.title, block.stem)
        if block.verb != "code":
            yield from figures

    def code(self, block: Example) -> Iterator[str]:
        snippet = self.build.snippets[block.stem]
        sections = snippet.named(block.sections)
        imports = [node for node, _ in self.origins.local_imports(snippet)]
        shown = joined(filter(None, (code_of(snippet.text, s, imports) for s in sections)))
        if not shown:
            shown = joined(code_of(snippet.text, section) for section in sections)
        elif uses := self.origins.line(self.page, snippet, block.sections):
            yield f'<span class="uses" data-search-exclude>{uses}</span>'
        yield from self.program(CodeBlock(block.stem, block.sections))
        file = "/".join(snippet.where.split("/")[-2:])  # short enough for a phone
        yield fence(f' py title="{file}"', shown)

    def program(self, block: CodeBlock) -> Iterator[str]:
        """Yield the program of a block as HTML, for the copy button."""
        if text := self.build.programs.get(block):
            yield template_of("program", text)

    def output(self, text: str, title: str | None, stem: str) -> str:
        snippet = self.build.snippets[stem]
        title = title or title_of_output(snippet)
        is_plain = not is_measured(snippet.text)
        info = f' text title="{title}"' if is_plain else f' {{ .text .measured title="{title}" }}'
        return fence(info, text)

    def is_block(self, value: Value) -> bool:
        """Return whether a value is shown as a table, a figure or an output, not in a sentence."""
        if not value.alone or value.line in self.broken:
            return False
        forms = self.build.value(value)
        return bool(forms.table or forms.figures or forms.is_text or forms.data)

    def value(self, block: Value) -> Iterator[str]:
        forms = self.build.value(block)
        if forms.table:
            yield raw(forms.table)
        for figure in forms.figures:
            yield raw(figure.svg)
        if forms.data:
            yield template_of("data", forms.data)
        if forms.lines and forms.is_text and not forms.table:
            yield self.output(forms.lines, None, block.stem)

    def put_in_line(self, value: Value) -> None:
        line = self.lines[value.line - 1]
        before, after = line[: value.start], line[value.stop :]
        text = words()["no_value"]
        if value.line not in self.broken:
            forms = self.build.value(value)
            text = escape_in_context(forms.text or "", before, after)
            if forms.file:
                up = "../" * self.page.name.count("/")
                address = f"{up}{address_of_file(value.stem, forms.file)}"
                text = f'[{text}]({address}){{ download="{text}" }}'
        self.lines[value.line - 1] = f"{before}{text}{after}"

    def put(self, block: Block, text: str) -> None:
        """Replace the lines of a block, with one blank line around it; two would end a footnote."""
        if self.has_includes:
            text = LIKE_INCLUDE.sub(r"\1;\2", text)
        lines = [f"{block.indent}{line}".rstrip() for line in text.split("\n")]
        if block.line > 1 and self.lines[block.line - 2].strip():
            lines.insert(0, "")
        if block.end < len(self.lines) and self.lines[block.end].strip():
            lines.append("")
        self.lines[block.line - 1 : block.end] = lines

    def message(self) -> str:
        text = html.escape(visible("\n\n".join(map(str, self.problems))))
        message = f"<p>{words()['broken']}</p><pre>{text}</pre>"
        return "\n" + raw(f'<div class="engine-error" role="alert">{message}</div>')


def address_of_file(stem: str, file: SavedFile) -> str:
    """Return the path of a file that a snippet wrote, relative to the docs folder."""
    return f"files/{stem}/{file.name}"


def position(block: Block) -> tuple[int, int]:
    return block.line, block.start if isinstance(block, Value) else -1


def title_of_output(snippet: Snippet) -> str:
    """Return the default title of an output."""
    return words()["measured" if is_measured(snippet.text) else "output"]


def joined(parts: Iterable[str]) -> str:
    """Join pieces of code, with two blank lines after a function or class, else one."""
    text = ""
    for part in parts:
        last = re.findall(r"^\w.*", text, re.MULTILINE)[-1:]
        ends_in_definition = re.match(r"(?:async )?(?:def|class) ", "".join(last))
        text += ("\n\n\n" if ends_in_definition else "\n\n" if text else "") + part
    return text


def paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def raw(text: str) -> str:
    """Return HTML in a fence, which the generator puts into the page unchanged."""
    return fence(" engine-html", text.strip("\n"))


def template_of(name: str, text: str) -> str:
    """Return text for a script of the page, in a <template> with the class `name`.

    A <script> would be run by the theme's instant navigation, whatever its type.
    """
    escaped = html.escape(text, quote=False)
    return raw(f'<template class="{name}" data-search-exclude>{escaped}</template>')


def fence(info: str, text: str, marks: str = "```") -> str:
    """Return a code fence, with marks long enough that no line of the text can close it."""
    mark = marks[0]
    longest = max((len(m) for m in re.findall(rf"^[ \t]*({mark}+)", text, re.MULTILINE)), default=0)
    marks = mark * max(len(marks), longest + 1)
    body = text.strip("\n")
    return f"{marks}{info}\n{body}\n{marks}" if body else f"{marks}{info}\n{marks}"


def escape_in_context(text: str, before: str, after: str) -> str:
    """Escape a value that the rest of its line would turn into a link or a list.

    `[1, 2]: a` would define a link, `[1, 2](a)` would be a link, and `3. A` would start a list.
    """
    link = text.endswith("]") and after[:1] in tuple(":([")
    number = text.isdigit() and after[:1] in NUMBERED and not before.strip(" \t>*+-")
    if (link or number) and after and not before.count("`") % 2:
        return f"{text[:-1]}&#{ord(text[-1])};"
    return text
