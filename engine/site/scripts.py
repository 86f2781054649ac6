# SPDX-License-Identifier: MIT
"""Join JavaScript modules into classic scripts.

Scripts are written as small ES modules, which editors and TypeScript understand. The site holds one
classic script for each module that no other one imports: browsers refuse modules that come from a
disk, and every module would be one more request. Comments, indentation and empty lines stay with
the sources; they are a third of the compressed bytes.

A script with the line `// @on-every-page` is loaded before all others. Those use its modules
instead of holding them once more.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from engine.model.problem import EngineError, Problem

IMPORT = re.compile(r'^import (\{[^{}]*\}) from "(\.\.?/[^"\n]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Whole lines of comments; and in a line, a text, which stays as it is, or a comment on a type.
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.M | re.S)
TEXT_OR_TYPE = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`)|/\*\*(?:(?!\*/).)*\*/ ?"""
)
INDENTATION = re.compile(r"^[ \t]+|(?<=\n)\n+", re.M)  # and empty lines
OPEN_TEMPLATE = re.compile(
    r"^[^`\n]*(?:`[^`\n]*`[^`\n]*)*`[^`\n]*$", re.M
)  # an odd number of ticks
ON_EVERY_PAGE = re.compile(r"^// @on-every-page$", re.M)
LENT = "globalThis.modulesOfThePage"
LICENSE = "// SPDX-License-Identifier: MIT\n"


@dataclass(frozen=True)
class Module:
    """A module as the body of a function: imports became constants, `export` is left out."""

    body: str
    imports: list[Path]
    exports: list[str]
    is_on_every_page: bool


def join_scripts(folder: Path, root: Path) -> dict[Path, str | None]:
    """Return the new text of each script below a folder that imports others, and None for those.

    A script that neither imports nor is imported is left out. Problems name files relative to root.

    Raises EngineError at an import or export that cannot be joined.
    """
    modules = {
        file: read_module(file, root)
        for file in sorted(folder.rglob("*.js"))
        if not file.name.endswith(".min.js")
    }
    imports = {path: module.imports for path, module in modules.items()}
    imported = {path for paths in imports.values() for path in paths}
    try:
        order = list(TopologicalSorter(imports).static_order())  # what is imported comes first
    except CycleError as error:
        names = " -> ".join(path.name for path in reversed(error.args[1]))
        message = f"imports itself by way of others: {names}"
        raise problem(error.args[1][-1], root, "", 0, message) from None
    entries = [path for path in order if path not in imported and imports[path]]
    first = next((path for path in entries if modules[path].is_on_every_page), None)
    needs = {path: needed_by(path, order, modules) for path in entries}
    common = needs[first] - {first} if first else set()
    lent = {path for entry in entries if entry != first for path in needs[entry] & common}
    scripts: dict[Path, str | None] = dict.fromkeys(imported)
    for entry, needed in needs.items():
        names = ", ".join(variable(path, root) for path in order if path in lent & needed)
        own = needed if entry == first else needed - lent
        parts = [joined(path, modules[path], root) for path in order if path in own]
        if entry == first:
            parts += [f"{LENT} = {{ {names} }};\n"] if names else []
        elif names:
            parts.insert(0, f"const {{ {names} }} = {LENT};\n")
        scripts[entry] = LICENSE + '"use strict";\n{\n' + "".join(parts) + "}\n"
    return scripts


def read_module(file: Path, root: Path) -> Module:
    imports: list[Path] = []
    source = file.read_text(encoding="utf-8")

    def bind(found: re.Match[str]) -> str:
        imports.append(Path(os.path.normpath(file.parent / found[2])))
        if not imports[-1].is_file():
            message = f"imports {found[2]}, which does not exist"
            raise problem(file, root, source, found.start(), message)
        return f"const {found[1].replace(' as ', ': ')} = {variable(imports[-1], root)};"

    text = IMPORT.sub(bind, source)
    exports = [found[1] for found in EXPORT.finditer(text)]
    body = EXPORT.sub("", text)
    if other := OTHER.search(body):
        message = (
            f"`{other[0]}` cannot be joined into a classic script: "
            'write `import { name } from "./file.js";` or `export` before a declaration'
        )
        raise problem(file, root, body, other.start(), message)
    body = TEXT_OR_TYPE.sub(lambda found: found[1] or "", COMMENT.sub("", body))
    if template := OPEN_TEMPLATE.search(body):
        message = (
            f"`{template[0].strip()}` opens a text of several lines, whose indentation would go"
        )
        raise problem(file, root, source, source.find(template[0]), message)
    is_on_every_page = bool(ON_EVERY_PAGE.search(source))
    return Module(INDENTATION.sub("", body), imports, exports, is_on_every_page)


def needed_by(entry: Path, order: list[Path], modules: dict[Path, Module]) -> set[Path]:
    """Return a module and all that it imports, by way of others too."""
    needed = {entry}
    for path in reversed(order):  # those that import before what they import
        if path in needed:
            needed.update(modules[path].imports)
    return needed


def joined(path: Path, module: Module, root: Path) -> str:
    """Return a module as a function of its own, which is called at once."""
    exports = f"return {{ {', '.join(module.exports)} }};\n" if module.exports else ""
    name = f"const {variable(path, root)} = " if module.exports else ""
    return f"{name}(() => {{\n{module.body}{exports}}})();\n"


def variable(path: Path, root: Path) -> str:
    """Name of the constant that holds what a module exports."""
    return "module_" + re.sub(r"\W", "_", str(path.relative_to(root).with_suffix("")))


def problem(file: Path, root: Path, text: str, position: int, message: str) -> EngineError:
    line = text.count("\n", 0, position) + 1
    return EngineError([Problem(f"{file.relative_to(root)}:{line}", message)])
