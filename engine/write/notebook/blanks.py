# SPDX-License-Identifier: MIT
"""The blanks of hands-on notebooks, with their hints and checks.

A file with the line `# checks: walkthrough/outputs` belongs to that snippet. Its dictionary HINTS
has the hint for each name that is left blank, and each of its sections is the check that comes
after the section of the same name in the chapter. The engine runs it as any other snippet, so a
solution that fails its own check fails the build.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Mapping

from engine.model.build import Snippet
from engine.model.problem import EngineError, Problem, did_you_mean
from engine.model.project import Project
from engine.write.words import words

# A file whose code notebooks fold away, since nobody has to read it.
FOLDED = re.compile(r"^# folded(?:: (?P<room>checks))?$", re.MULTILINE)
CHECKS = re.compile(r"^# checks: (?P<stem>\S+)$", re.MULTILINE)


class Blanks:
    """The hints and checks of all snippets, and which of them notebooks have used so far."""

    def __init__(self, project: Project, snippets: Mapping[str, Snippet]) -> None:
        self.project = project
        self.checks: dict[str, Snippet] = {}  # by the stem of the snippet that they check
        self.hints: dict[str, dict[str, str]] = {}
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
            what = f'there is no snippet "{stem}" to check{did_you_mean(stem, snippets)}'
            self.fail(snippet, line, what)
        if other := self.checks.get(stem):
            where = self.project.relative(other.path)
            self.fail(snippet, line, f'"{stem}" is checked by {where} already: make them one')
        return stem

    def read_hints(self, checks: Snippet) -> dict[str, str]:
        """Return the hint for each blank, by the name that is left blank."""
        for node in ast.parse(checks.text).body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="HINTS")], value=ast.expr() as value)
                    | ast.AnnAssign(target=ast.Name(id="HINTS"), value=ast.expr() as value)
                ):
                    with contextlib.suppress(TypeError, ValueError):
                        hints = dict(ast.literal_eval(value))
                        texts = [text for pair in hints.items() for text in pair]
                        if all(isinstance(text, str) and text.isprintable() for text in texts):
                            return hints
                    what = "HINTS must be written out: for each name a string, of one line"
                    self.fail(checks, node.lineno, what)
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
        if checks is None or checks.section(section) is None:
            return None
        self.used_checks.add((stem, section))
        return checks

    def with_blanks(self, stem: str, source: str) -> str:
        """Return code of a snippet with a hint and three dots for each line to be written."""
        hints = self.hints.get(stem, {})
        lines = source.splitlines()
        for node in reversed(ast.parse(source).body):
            name = bound_by(node)
            if name not in hints:
                continue
            self.used_hints.add((stem, name))
            first, last = node.lineno, node.end_lineno or node.lineno
            hint = words()["to_do"].format(hints[name])
            if isinstance(node, ast.FunctionDef):
                lines[node.body[0].lineno - 1 : last] = [f"    {hint}", "    ..."]
            else:
                shape = lines[last - 1].encode()[node.end_col_offset :].decode()
                lines[first - 1 : last] = [hint, f"{name} = ...{shape}"]
        return "\n".join(lines)

    def unused(self) -> Iterator[Problem]:
        """Yield the hints that no blank uses, and the checks that come after no shown section."""
        for stem, checks in self.checks.items():
            where = self.project.relative(checks.path)
            for name in self.hints[stem]:
                if (stem, name) not in self.used_hints:
                    what = f'there is a hint for "{name}", and no shown section binds that name'
                    yield Problem(f"{where}:1", what, checks.stem)
            for section in checks.sections:
                if (stem, section.name) not in self.used_checks:
                    what = f'the check "{section.name}" comes after no section of that name'
                    yield Problem(f"{where}:{section.start}", what, checks.stem)

    def fail(self, snippet: Snippet, line: int, what: str) -> None:
        where = f"{self.project.relative(snippet.path)}:{line}"
        raise EngineError([Problem(where, what, snippet.stem)])


def bound_by(node: ast.stmt) -> str:
    """Return the one name that a statement binds, or ""."""
    match node:
        case ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""
