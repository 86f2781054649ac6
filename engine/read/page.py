# SPDX-License-Identifier: MIT
"""The parser of pages: Markdown in, blocks with line numbers out.

It recognizes values, directives, fences, folded parts, admonitions, footnotes and headings. All
other Markdown is prose.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from engine.model.page import (
    Block,
    Container,
    Example,
    Fence,
    FrontMatter,
    Heading,
    Malformed,
    Page,
    Print,
    Prose,
    Value,
    WholeFile,
)

FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<text>.*?)[ \t#]*$")
FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
# The info strings that pymdownx.superfences accepts; with any other, it does not see a fence.
INFO = re.compile(
    r'[ \t]*(?:\{[^{}\n]*\}|[\w#.+-]*(?:[ \t]+[\w-]+=(?:"[^"\n]*"|\'[^\'\n]*\'))*)[ \t]*'
)
CONTAINER = re.compile(
    r"(?P<mark>!!!|\?\?\?\+?)[ \t]+"
    r'(?P<classes>[\w -]*?)[ \t]*(?:"(?P<title>.*)")?[ \t]*$'
)
FOOTNOTE = re.compile(r"\[\^(?P<name>[^\]]+)\]:[ \t]*")
SECTION = r"[A-Za-z][-\w]*"
STEM = r"/?[\w-]+(?:/[\w-]+)*"
# The syntax of pymdownx.snippets, another way to write a directive: --8<-- "outputs.py",
# --8<-- "outputs.py:sum" for the code of a section, --8<-- "outputs/sum.txt" for its output.
INCLUDE = re.compile(
    r"[ \t]*-+8<-+[ \t]+(?P<quote>[\"'])"
    rf"(?:(?P<file>[^\"':]+)\.py(?::(?P<section>{SECTION}))?"
    rf"|(?P<stem>[^\"':]+)/(?P<output>{SECTION})\.(?:txt|svg))(?P=quote)$"
)
NEARLY_INCLUDE = re.compile(r"^[ \t]*-+8<-+|(?<![;`-])-+8<-+[ \t]+[\"']")
NO_INCLUDE = (
    'an include is a line with nothing beside it, --8<-- "walkthrough/outputs.py:sum", and a fence '
    'has those of one snippet alone; or write "::: sum, show", or "::: output show"'
)
# A value in a sentence. A backslash before it escapes it.
VALUE = re.compile(rf"(?<!\\)\{{\{{ +(?:(?P<stem>{STEM}) *: +)?(?P<expression>.+?) *\}}\}}")
NEARLY_VALUE = re.compile(r"(?<!\\)\{\{(?: |\s*[\w/-]+\s*:)")
# A value without the spaces. In a formula, such braces follow a letter, a mark or other braces.
UNSPACED = re.compile(r"(?<![\\\w^_}])\{\{[A-Za-z_]\w*(?:[.\[(][^{}]*)?\}\}")
DIRECTIVE = re.compile(r"(?P<indent>[ \t]*):::[ \t]+(?P<rest>.*?)[ \t]*$")
EXAMPLE = re.compile(
    rf'(?:(?P<verb>code|output|figure) +(?:"(?P<title>[^"]*)" +)?)?'
    rf"(?:(?P<stem>{STEM}) *: +)?(?P<sections>{SECTION}(?: *, *{SECTION})*)"
)
PRINT = re.compile(rf'print +(?:"(?P<title>[^"]*)" +)?(?:(?P<stem>{STEM}) *: +)?(?P<expression>.+)')


def parse(text: str, name: str = "", where: str = "") -> Page:
    """Return a page as blocks, in line order.

    name: the path relative to the docs folder; where: the path in messages
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Page(name, where, text, tuple(_Parser(text).page()))


@dataclass
class Lines:
    """Consecutive lines of a page with a common indentation, from `first` to before `stop`."""

    first: int
    stop: int
    indent: str


class _Parser:
    """Parser of one page. Its line numbers are indices from 0, while blocks count from 1."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.snippet = ""  # the stem that the front matter names

    def page(self) -> Iterator[Block]:
        first = 0
        if match := FRONT_MATTER.match("\n".join(self.lines)):
            first = match[0].count("\n") + 1
            yield from self.front_matter(match["yaml"], first)
        yield from self.blocks(Lines(first, len(self.lines), ""))

    def front_matter(self, text: str, end: int) -> Iterator[Block]:
        if NEARLY_VALUE.search(text):
            message = "values are not put into front matter: write it in words"
            yield Malformed(1, end, "", message)
            return
        try:
            data = yaml.load(text, yaml.CSafeLoader) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = (mark.line if mark else 0) + 2
            yield Malformed(line, line, "", f"this is not YAML: {getattr(error, 'problem', error)}")
            return
        if not isinstance(data, dict):
            message = 'front matter is written "name: value", one to a line'
            yield Malformed(1, end, "", message)
            return
        yield FrontMatter(1, end, "", data)
        snippet = data.get("snippet", "")
        if not isinstance(snippet, str) or (snippet and not re.fullmatch(STEM, snippet)):
            yield Malformed(1, end, "", 'a snippet is named as in "snippet: walkthrough/outputs"')
            return
        self.snippet = snippet.strip("/")

    def blocks(self, region: Lines) -> Iterator[Block]:
        prose: list[int] = []
        at = region.first
        while at < region.stop:
            line = self.lines[at].removeprefix(region.indent)
            blocks, after = self.blocks_at(line, at, region)
            if blocks:
                yield from self.prose(prose, region.indent)
                prose = []
                yield from blocks
            else:
                prose.append(at)
            at = after
        yield from self.prose(prose, region.indent)

    def blocks_at(self, line: str, at: int, region: Lines) -> tuple[list[Block], int]:
        """Return the blocks that begin at a line ([] for prose), and the line after them."""
        if fence := FENCE.match(line):
            end = self.end_of_fence(at, region.stop, fence["marks"])
            return list(self.fence(fence, at, end, region)), min(end + 1, region.stop)
        if NEARLY_INCLUDE.search(line):
            indent = line[: len(line) - len(line.lstrip())]
            return [self.included([at], at, at, region.indent + indent)], at + 1
        if directive := DIRECTIVE.match(line):
            return [self.directive(directive, at, region.indent)], at + 1
        if heading := HEADING.match(line):
            values, malformed = self.values(at)
            level, text = len(heading["marks"]), heading["text"]
            block = Heading(at + 1, at + 1, region.indent, level, text, tuple(values))
            return [block, *malformed], at + 1
        if box := CONTAINER.match(line):
            return self.container(box, at, region)
        if note := FOOTNOTE.match(line):
            return self.footnote(note, at, region)
        return [], at + 1

    def prose(self, numbers: list[int], indent: str) -> Iterator[Block]:
        while numbers and not self.lines[numbers[0]].strip():
            numbers = numbers[1:]
        while numbers and not self.lines[numbers[-1]].strip():
            numbers = numbers[:-1]
        if not numbers:
            return
        text = "\n".join(self.lines[n].removeprefix(indent) for n in numbers)
        yield from self.prose_of(numbers[0], numbers[-1], indent, text)

    def prose_of(self, first: int, last: int, indent: str, text: str) -> Iterator[Block]:
        by_line = [self.values(n) for n in range(first, last + 1)]
        values = tuple(value for line, _ in by_line for value in line)
        yield Prose(first + 1, last + 1, indent, text, values)
        for _, malformed in by_line:
            yield from malformed

    def values(self, at: int) -> tuple[list[Value], list[Malformed]]:
        """Return the values in a line, and a block for those that are malformed."""
        line = self.lines[at]
        if "{{" not in line:
            return [], []
        indent = line[: len(line) - len(line.lstrip())]
        values, is_malformed = [], False
        for match in VALUE.finditer(line):
            if match["stem"] or self.snippet:
                stem, alone = self.stem(match["stem"]), match[0] == line.strip()
                start, stop = match.span()
                expression = match["expression"]
                values.append(Value(at + 1, at + 1, indent, start, stop, stem, expression, alone))
            else:
                is_malformed = True
        is_unspaced = self.snippet and UNSPACED.search(line)
        if is_malformed or is_unspaced or NEARLY_VALUE.search(VALUE.sub("", line)):
            message = (
                'a value in a sentence is written "{{ walkthrough/outputs: outputs[0] }}": a '
                'snippet, a colon, an expression; or "{{ outputs[0] }}" where the front matter '
                'names the snippet, as in "snippet: walkthrough/outputs"'
            )
            return values, [Malformed(at + 1, at + 1, indent, message)]
        return values, []

    def stem(self, name: str | None) -> str:
        """Return the stem that a name on this page refers to, such as `walkthrough/outputs`."""
        if not name:
            return self.snippet
        if name.startswith("/"):
            return name[1:]
        return posixpath.join(posixpath.dirname(self.snippet), name)

    def end_of_fence(self, start: int, stop: int, marks: str) -> int:
        """Return the line that closes a fence, or `stop` if it is not closed."""
        for at in range(start + 1, stop):
            text = self.lines[at].strip()
            if text.startswith(marks) and not text.strip(marks[0]):
                return at
        return stop

    def fence(self, opening: re.Match[str], start: int, end: int, region: Lines) -> Iterator[Block]:
        indent, marks, info = region.indent + opening["indent"], opening["marks"], opening["info"]
        last = min(end, len(self.lines) - 1)
        body = self.lines[start + 1 : end]
        if not any(NEARLY_INCLUDE.search(line) for line in body):
            text = "\n".join(line.removeprefix(indent) for line in body)
            yield Fence(start + 1, last + 1, indent, marks, info, text)
        elif not INFO.fullmatch(info):
            message = f'"{info.strip()}" opens no fence: write ``` py title="outputs.py"'
            yield Malformed(start + 1, start + 1, indent, message)
        else:
            yield self.included(range(start + 1, end), start, last, indent, marks, info)

    def included(
        self,
        lines: Iterable[int],
        start: int,
        last: int,
        indent: str,
        marks: str = "```",
        info: str = " py",
    ) -> Block:
        """Return the block that the includes in some lines stand for, in a fence or outside any."""
        matches = {at: INCLUDE.match(self.lines[at]) for at in lines if self.lines[at].strip()}
        includes = [match for match in matches.values() if match]
        files = {(match["file"] or match["stem"], bool(match["file"])) for match in includes}
        if len(includes) < len(matches) or len(files) != 1:
            line = next((at for at, match in matches.items() if match is None), start) + 1
            return Malformed(line, line, indent, NO_INCLUDE, is_include=not includes)
        ((stem, is_code),) = files
        names = tuple(match["section"] or match["output"] for match in includes)
        if None in names:
            return WholeFile(start + 1, last + 1, indent, marks, info, stem)
        title = re.search(r'title="([^"]*)"', info)
        verb = "code" if is_code else "output"
        return Example(start + 1, last + 1, indent, verb, stem, names, title and title[1])

    def directive(self, match: re.Match[str], at: int, indent: str) -> Block:
        indent, line, rest = indent + match["indent"], at + 1, match["rest"]
        example = EXAMPLE.fullmatch(rest)
        to_print = None if example else PRINT.fullmatch(rest)
        parts = example or to_print
        if parts is None:
            message = (
                f'"::: {rest}" is no directive: write "::: sum, show" (sections), "::: figure '
                f'picture", "::: output "By hand" sums", or "::: print "By hand" lines(x)"'
            )
            return Malformed(line, line, indent, message)
        if not parts["stem"] and not self.snippet:
            message = (
                f'"::: {rest}" names no snippet: write "::: walkthrough/outputs: sum", or name '
                f'the page\'s own in its front matter, as in "snippet: walkthrough/outputs"'
            )
            return Malformed(line, line, indent, message)
        stem = self.stem(parts["stem"])
        if to_print:
            return Print(line, line, indent, stem, to_print["expression"], to_print["title"])
        sections = tuple(name.strip() for name in parts["sections"].split(","))
        return Example(line, line, indent, parts["verb"] or "", stem, sections, parts["title"])

    def container(self, match: re.Match[str], at: int, region: Lines) -> tuple[list[Block], int]:
        stop, inner = self.indented(at + 1, region)
        values, malformed = self.values(at)
        kind = "admonition" if match["mark"] == "!!!" else "folded"
        name, title = "".join(match["classes"].split()[:1]), match["title"]
        blocks = tuple(self.blocks(inner))
        block = Container(at + 1, stop, region.indent, kind, name, title, blocks, tuple(values))
        return [block, *malformed], stop

    def footnote(self, match: re.Match[str], at: int, region: Lines) -> tuple[list[Block], int]:
        stop, inner = self.indented(at + 1, region)
        text = self.lines[at].removeprefix(region.indent)[match.end() :]
        head = list(self.prose_of(at, at, region.indent, text)) if text.strip() else []
        blocks = (*head, *self.blocks(inner))
        name = match["name"]
        return [Container(at + 1, stop, region.indent, "footnote", name, None, blocks)], stop

    def indented(self, start: int, region: Lines) -> tuple[int, Lines]:
        """Return the line after the indented lines that begin at `start`, and these lines."""
        deeper = [f"{region.indent}    ", f"{region.indent}\t"]
        stop, indent = start, deeper[0]
        for at in range(start, region.stop):
            line = self.lines[at]
            if line.startswith(tuple(deeper)) and line.strip():
                if stop == start and line.startswith(deeper[1]):
                    indent = deeper[1]
                stop = at + 1
            elif line.strip():
                break
        return stop, Lines(start, stop, indent)
