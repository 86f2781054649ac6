# SPDX-License-Identifier: MIT
"""The blanks of hands-on notebooks, with their hints and checks.

A file with the line `# checks: walkthrough/outputs` belongs to that snippet. Its dictionary HINTS
maps the name of each blank to a hint. Each of its sections is a check, which notebooks put after
the section of the same name in the chapter. The engine runs the file like any other snippet, so a
solution that fails its check fails the build.

A blank is named after a variable, whose value it replaces, or after a function, whose body it
replaces. In functions, `rotate.pairs` is the value of `pairs` in `rotate`, `rotate.return` the
value that it returns, and `Layer.forward` the body of a method. A hint is a question, or a pair of
a question and further help, which notebooks fold away.
"""

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.model.build import Snippet
from engine.model.problem import EngineError, Problem, did_you_mean
from engine.model.project import Project
from engine.write.words import words

# Marks a file whose code notebooks fold away, since readers need not read it.
FOLDED = re.compile(r"^# folded(?:: (?P<group>checks))?$", re.MULTILINE)
CHECKS = re.compile(r"^# checks: (?P<stem>\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Hint:
    """A question above a blank, and further help, which is folded away."""

    question: str
    help: str = ""


class Blanks:
    """The hints and checks of all snippets, and those that notebooks have used so far."""

    def __init__(self, project: Project, snippets: Mapping[str, Snippet]) -> None:
        self.project, self.snippets = project, snippets
        self.checks: dict[str, Snippet] = {}  # by the stem of the snippet that they check
        self.hints: dict[str, dict[str, Hint]] = {}
        self.used_hints: set[tuple[str, str]] = set()
        self.used_checks: set[tuple[str, str]] = set()
        for snippet in snippets.values():
            if stem := self.checked(snippet):
                self.checks[stem] = snippet
                self.hints[stem] = self.read_hints(snippet)

    def checked(self, snippet: Snippet) -> str | None:
        """Return the stem of the snippet that a file checks, or None."""
        match = CHECKS.search(snippet.text)
        if match is None:
            return None
        stem, line = match["stem"], snippet.text.count("\n", 0, match.start()) + 1
        if stem not in self.snippets:
            message = f'there is no snippet "{stem}" to check{did_you_mean(stem, self.snippets)}'
            self.fail(snippet, line, message)
        if other := self.checks.get(stem):
            where = self.project.relative(other.path)
            self.fail(snippet, line, f'"{stem}" is checked by {where} already: make them one')
        return stem

    def read_hints(self, checks: Snippet) -> dict[str, Hint]:
        """Return the hints in a file of checks by the names of their blanks."""
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
    def helper_group(text: str) -> str:
        """Return the helper cell for the code of a file: "checks", "drawing" or "given"."""
        if CHECKS.search(text):
            return "checks"
        folded = FOLDED.search(text)
        return (folded["group"] or "drawing") if folded else "given"

    def check(self, stem: str, section: str) -> Snippet | None:
        """Return the file with the check for a section of a snippet, or None."""
        checks = self.checks.get(stem)
        if checks is None or not checks.named([section]):
            return None
        self.used_checks.add((stem, section))
        return checks

    def with_blanks(self, stem: str, source: str) -> tuple[str, dict[str, str]]:
        """Return code of a snippet in which a hint and `...` replace each blank.

        The further help comes with it, by the names of the blanks in order.
        """
        hints = self.hints.get(stem, {})
        lines = source.splitlines()
        blanks = [(name, node) for name, node in places(ast.parse(source).body) if name in hints]
        for name, node in reversed(blanks):
            self.used_hints.add((stem, name))
            first, last = node.lineno, node.end_lineno or node.lineno
            hint = words()["to_do"].format(hints[name].question)
            comment = lines[last - 1].encode()[node.end_col_offset :].decode()  # such as a shape
            space = " " * node.col_offset
            match node:
                case ast.FunctionDef():
                    space = " " * node.body[0].col_offset
                    lines[node.body[0].lineno - 1 : last] = [f"{space}{hint}", f"{space}..."]
                case ast.Return():
                    lines[first - 1 : last] = [f"{space}{hint}", f"{space}return ...{comment}"]
                case ast.Assign(targets=[target]):
                    left = ast.get_source_segment(source, target)
                    dots = ", ".join(["..."] * len(names_of(target)))
                    lines[first - 1 : last] = [f"{space}{hint}", f"{space}{left} = {dots}{comment}"]
        return "\n".join(lines), {name: hints[name].help for name, _ in blanks}

    def unused(self) -> Iterator[Problem]:
        """Yield a problem for each hint without a blank, and each check without a shown section."""
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
    """Yield the names of possible blanks, such as `half.return`, each with its statement."""
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
    """Return the names that an assignment binds; [] if it also assigns to anything else."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) else []
