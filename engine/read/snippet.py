# SPDX-License-Identifier: MIT
"""Read the sections of a snippet from markers in the syntax of pymdownx.snippets."""

import re

from engine.model.problem import Problem
from engine.model.snippet import Section

# The pattern of pymdownx.snippets, but `start` and `end` in any case; a `;` before it escapes it.
MARKER = re.compile(
    r"(?<!;)(?<!-)-+8<-+[ \t]+"
    r"\[[ \t]*(?P<type>start|end)[ \t]*:[ \t]*(?P<name>[^\]]*?)[ \t]*\](?P<rest>.*)$",
    re.IGNORECASE,
)
INCLUDE = re.compile(r"[ \t]*;*-+8<-+")
NAME = re.compile(r"[a-z][-_0-9a-z]*", re.IGNORECASE)
TIMEOUT = re.compile(r"^# timeout: ([1-9]\d{0,4}) s\b", re.MULTILINE)
MEASURED = re.compile(r"^# measured: \S", re.MULTILINE)
NEARLY = re.compile(
    r"^\s*#\s*(?P<word>timeout(?=\s*[:=\d])|measured(?=\s*(?:[:=]|$)))", re.IGNORECASE
)
FORMS = {
    "timeout": (TIMEOUT, 'a time is given as "# timeout: 120 s", with whole seconds up to 99999'),
    "measured": (MEASURED, 'what is measured is told as "# measured: why", with a reason'),
}
DEFAULT_TIMEOUT = 60


def read_sections(text: str, where: str) -> tuple[list[Section], list[Problem]]:
    """Return the sections of a snippet in order, and the problems of its markers.

    text: the source; where: the path in messages
    """
    sections: list[Section] = []
    problems: list[Problem] = []
    lines_of: dict[str, int] = {}
    open_at: tuple[str, int, bool] | None = None

    def problem(line: int, message: str) -> None:
        problems.append(Problem(f"{where}:{line}", message))

    for number, line in enumerate(text.split("\n"), start=1):
        if nearly := NEARLY.match(line):
            form, message = FORMS[nearly["word"].lower()]
            if not form.match(line):
                problem(number, message)
        marker = MARKER.search(line) if "8<-" in line else None
        if marker is None:
            if "8<-" in line and INCLUDE.match(line):
                message = "reads like an include, and a page would put that file in its place"
                problem(number, f"{message}: write the line in another way")
            continue
        name, kind = marker["name"], marker["type"].lower()
        if line[: marker.start()].strip(" \t#"):
            problem(number, f'the marker of "{name}" stands behind code: give it a line of its own')
        if not NAME.fullmatch(name):
            problem(number, f'"{name}" cannot name a section: use letters, digits, "_" and "-"')
        elif kind == "start":
            if open_at:
                problem(
                    number,
                    f'section "{name}" starts inside section "{open_at[0]}" (line {open_at[1]}): '
                    f"sections may not overlap; end the first one before",
                )
            elif name in lines_of:
                problem(
                    number,
                    f'section "{name}" is there twice (first at line {lines_of[name]}): rename one',
                )
            if not open_at:
                rest = marker["rest"].split()
                if rest and rest != ["hidden"]:
                    problem(number, f'"{rest[0]}" after a marker: only "hidden" may stand there')
                open_at = (name, number, rest == ["hidden"])
        elif open_at is None or open_at[0] != name:
            message = f'section "{name}" ends here but is not open: add its start or remove this'
            problem(number, message)
        else:
            if name not in lines_of:
                sections.append(Section(name, open_at[1], number, open_at[2]))
                lines_of[name] = open_at[1]
            open_at = None
    if open_at:
        problem(
            open_at[1], f'section "{open_at[0]}" is never closed: add "# --8<-- [end:{open_at[0]}]"'
        )
    return sections, problems


def read_timeout(text: str) -> int:
    """Return the timeout of a snippet in seconds: 60, or that of its line `# timeout: 120 s`."""
    match = TIMEOUT.search(text)
    return int(match[1]) if match else DEFAULT_TIMEOUT


def is_measured(text: str) -> bool:
    """Return whether a line `# measured: why` declares that outputs differ between runs."""
    return MEASURED.search(text) is not None
