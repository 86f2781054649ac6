# SPDX-License-Identifier: MIT
"""The blanks of hands-on notebooks, with their hints and checks.

A file with the line `# checks: walkthrough/outputs` belongs to that snippet. Its dictionary HINTS
has the hint for each name that is left blank, and each of its sections is the check that comes
after the section of the same name in the chapter. The engine runs it as any other snippet, so a
solution that fails its own check fails the build.

A name may be that of a function, whose whole body is left blank, or of one place in it, so that
the frame stays: `rotate.pairs` is what `pairs` becomes in `rotate`, `rotate.return` what it
returns, and `Layer.forward` the body of a method. A hint is a question, or a pair of a question and
of further help, which a notebook folds away.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.model.build import Snippet
from engine.model.problem import EngineError, Problem, did_you_mean
from engine.model.project import Project
from engine.write.words import words

# A file whose code notebooks fold away, since nobody has to read it.
FOLDED = re.compile(r"^# folded(?:: (?P<room>checks))?$", re.MULTILINE)
CHECKS = re.compile(r"^# checks: (?P<stem>\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Hint:
    """A question above a blank, and further help that is folded away."""

    question: str
    help: str = ""


@dataclass
class Blanked:
    """Code with blanks in it; the further help, by the names of the blanks, in their order."""

    text: str
    help: dict[str, str] = field(default_factory=dict)


class Blanks:
    """The hints and checks of all snippets, and which of them notebooks have used so far."""

    def __init__(self, project: Project, snippets: Mapping[str, Snippet]) -> None:
        self.project, self.snippets = project, snippets
        self.checks: dict[str, Snippet] = {}  # by the stem of the snippet that they check
        self.hints: dict[str, dict[str, Hint]] = {}
        self.used_hints: set[tuple[str, str]] = set()
        self.used_checks: set[tuple[str, str]] = set()
        for snippet in snippets.values():
            if stem := self.checked(snippet, snippets):
                self.checks[stem] = snippet
                self.hints[stem] = self.read_hints(snippet)

    def checked(self, snippet: Snippet, snippets: Mapping[str, Snippet]) -> str | None:
        """Return the stem of the snippet that a file checks, or None."""
        found = CHECKS.search(snippet.text)
        if found is None:
            return None
        stem, line = found["stem"], snippet.text.count("\n", 0, found.start()) + 1
        if stem not in snippets:
            message = f'there is no snippet "{stem}" to check{did_you_mean(stem, snippets)}'
            self.fail(snippet, line, message)
        if other := self.checks.get(stem):
            where = self.project.relative(other.path)
            self.fail(snippet, line, f'"{stem}" is checked by {where} already: make them one')
        return stem

    def read_hints(self, checks: Snippet) -> dict[str, Hint]:
        """Return the hint for each blank, by the name that is left blank."""
        for node in ast.parse(checks.text).body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="HINTS")], value=ast.expr() as value)
                    | ast.AnnAssign(target=ast.Name(id="HINTS"), value=ast.expr() as value)
                ):
                    with contextlib.suppress(TypeError, ValueError):
                        hints = {
                            name: (hint,) if isinstance(hint, str) else hint
                            for name, hint in dict(ast.literal_eval(value)).items()
                        }
                        texts = [text for name, hint in hints.items() for text in (name, *hint)]
                        if all(isinstance(text, str) and text.isprintable() for text in texts):
                            return {name: Hint(*hint) for name, hint in hints.items()}
                    message = (
                        "HINTS must be written out: for each name a string, of one line, or two"
                    )
                    self.fail(checks, node.lineno, message)
        return {}

    @staticmethod
    def room(text: str) -> str:
        """Return which helper cell the code of a file belongs to: checks, drawing or given."""
        if CHECKS.search(text):
            return "checks"
        folded = FOLDED.search(text)
        return (folded["room"] or "drawing") if folded else "given"

    def check(self, stem: str, section: str) -> Snippet | None:
        """Return the file that has a check for a section of a snippet, or None."""
        checks = self.checks.get(stem)
        if checks is None or not checks.named([section]):
            return None
        self.used_checks.add((stem, section))
        return checks

    def with_blanks(self, stem: str, source: str) -> Blanked:
        """Return code of a snippet with a hint and three dots for each place to be written."""
        hints = self.hints.get(stem, {})
        lines = source.splitlines()
        found = [(name, node) for name, node in places(ast.parse(source).body) if name in hints]
        for name, node in reversed(found):
            self.used_hints.add((stem, name))
            first, last = node.lineno, node.end_lineno or node.lineno
            hint = words()["to_do"].format(hints[name].question)
            shape = lines[last - 1].encode()[node.end_col_offset :].decode()
            space = " " * node.col_offset
            match node:
                case ast.FunctionDef():
                    space = " " * node.body[0].col_offset
                    lines[node.body[0].lineno - 1 : last] = [f"{space}{hint}", f"{space}..."]
                case ast.Return():
                    lines[first - 1 : last] = [f"{space}{hint}", f"{space}return ...{shape}"]
                case ast.Assign(targets=[target]):
                    bound = ast.get_source_segment(source, target)
                    blank = ", ".join(["..."] * len(names_of(target)))
                    lines[first - 1 : last] = [f"{space}{hint}", f"{space}{bound} = {blank}{shape}"]
        return Blanked("\n".join(lines), {name: hints[name].help for name, _ in found})

    def unused(self) -> Iterator[Problem]:
        """Yield the hints that no blank uses, and the checks that come after no shown section."""
        for stem, checks in self.checks.items():
            where = self.project.relative(checks.path)
            pages = tuple(self.snippets[stem].pages)
            for name in self.hints[stem]:
                if (stem, name) not in self.used_hints:
                    message = f'there is a hint for "{name}", and no shown section binds that name'
                    yield Problem(f"{where}:1", message, checks.stem, pages)
            for section in checks.sections:
                if (stem, section.name) not in self.used_checks:
                    message = f'the check "{section.name}" comes after no section of that name'
                    yield Problem(f"{where}:{section.start}", message, checks.stem, pages)

    def fail(self, snippet: Snippet, line: int, message: str) -> None:
        where = f"{self.project.relative(snippet.path)}:{line}"
        raise EngineError([Problem(where, message, snippet.stem)])


def places(body: Iterable[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.stmt]]:
    """Yield what can be left blank, each with its name, such as `half` or `half.return`."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield f"{inside}{name}", node
                yield from places(node.body, f"{inside}{name}.")
            case ast.Assign(targets=[target]) if names := names_of(target):
                yield f"{inside}{names[0]}", node
            case ast.Return():
                yield f"{inside}return", node
            case ast.If() | ast.For() | ast.With() if inside:
                yield from places(node.body, inside)


def names_of(target: ast.expr) -> list[str]:
    """Return the names that an assignment binds; none where it does something else."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) else []
