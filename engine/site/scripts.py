# SPDX-License-Identifier: MIT
"""Bundle JavaScript modules into classic scripts.

Scripts are written as small ES modules, which editors and TypeScript support. The site has one
classic script for each module that no other module imports. Browsers do not load modules from
`file:` URLs, and each module would cost a request. Comments, indentation and empty lines, a third
of the compressed bytes, are removed.

A script with the line `// @on-every-page` is loaded before all others, which use its modules
instead of containing copies.
"""

import os
import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from engine.model.problem import EngineError, Problem

IMPORT = re.compile(r'^import (\{[^{}]*\}) from "(\.\.?/[^"\n]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Comments on their own lines; and within a line, a string, which is kept, or a JSDoc comment.
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.M | re.S)
TEXT_OR_TYPE = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`)|/\*\*(?:(?!\*/).)*\*/ ?"""
)
INDENTATION = re.compile(r"^[ \t]+|(?<=\n)\n+", re.M)  # and empty lines
# A line with an odd number of backticks.
OPEN_TEMPLATE = re.compile(r"^[^`\n]*(?:`[^`\n]*`[^`\n]*)*`[^`\n]*$", re.M)
ON_EVERY_PAGE = re.compile(r"^// @on-every-page$", re.M)
SHARED = "globalThis.modulesOfThePage"
LICENSE = "// SPDX-License-Identifier: MIT\n"


@dataclass(frozen=True)
class Module:
    """A module as the body of a function, with imports turned into constants and no `export`."""

    body: str
    imports: list[Path]
    exports: list[str]
    is_on_every_page: bool


def join_scripts(folder: Path, root: Path) -> dict[Path, str | None]:
    """Return the bundle of each script below a folder that imports modules, and None for modules.

    A script that neither imports nor is imported is left out. Messages name files relative to root.

    Raises EngineError for an import or export that cannot be bundled.
    """
    modules = {
        file: read_module(file, root)
        for file in sorted(folder.rglob("*.js"))
        if not file.name.endswith(".min.js")
    }
    imports = {path: module.imports for path, module in modules.items()}
    imported = {path for paths in imports.values() for path in paths}
    try:
        order = list(TopologicalSorter(imports).static_order())  # modules before their importers
    except CycleError as error:
        names = " -> ".join(path.name for path in reversed(error.args[1]))
        message = f"imports itself by way of others: {names}"
        raise problem(error.args[1][-1], root, "", 0, message) from None
    entries = [path for path in order if path not in imported and imports[path]]
    first = next((path for path in entries if modules[path].is_on_every_page), None)
    needs = {path: needed_by(path, order, modules) for path in entries}
    common = needs[first] - {first} if first else set()
    shared = {path for entry in entries if entry != first for path in needs[entry] & common}
    scripts: dict[Path, str | None] = dict.fromkeys(imported)
    for entry, needed in needs.items():
        names = ", ".join(variable(path, root) for path in order if path in shared & needed)
        included = needed if entry == first else needed - shared
        parts = [joined(path, modules[path], root) for path in order if path in included]
        if entry == first:
            parts += [f"{SHARED} = {{ {names} }};\n"] if names else []
        elif names:
            parts.insert(0, f"const {{ {names} }} = {SHARED};\n")
        scripts[entry] = LICENSE + '"use strict";\n{\n' + "".join(parts) + "}\n"
    return scripts


def read_module(file: Path, root: Path) -> Module:
    imports: list[Path] = []
    source = file.read_text(encoding="utf-8")

    def bind(match: re.Match[str]) -> str:
        imports.append(Path(os.path.normpath(file.parent / match[2])))
        if not imports[-1].is_file():
            message = f"imports {match[2]}, which does not exist"
            raise problem(file, root, source, match.start(), message)
        return f"const {match[1].replace(' as ', ': ')} = {variable(imports[-1], root)};"

    text = IMPORT.sub(bind, source)
    exports = [match[1] for match in EXPORT.finditer(text)]
    body = EXPORT.sub("", text)
    if other := OTHER.search(body):
        message = (
            f"`{other[0]}` cannot be joined into a classic script: "
            'write `import { name } from "./file.js";` or `export` before a declaration'
        )
        raise problem(file, root, body, other.start(), message)
    body = TEXT_OR_TYPE.sub(lambda match: match[1] or "", COMMENT.sub("", body))
    if template := OPEN_TEMPLATE.search(body):
        message = (
            f"`{template[0].strip()}` opens a text of several lines, whose indentation would go"
        )
        raise problem(file, root, source, source.find(template[0]), message)
    is_on_every_page = bool(ON_EVERY_PAGE.search(source))
    return Module(INDENTATION.sub("", body), imports, exports, is_on_every_page)


def needed_by(entry: Path, order: list[Path], modules: dict[Path, Module]) -> set[Path]:
    """Return a module and all modules that it imports, directly or indirectly."""
    needed = {entry}
    for path in reversed(order):  # importers before their modules
        if path in needed:
            needed.update(modules[path].imports)
    return needed


def joined(path: Path, module: Module, root: Path) -> str:
    """Return a module as a function expression that is called immediately."""
    exports = f"return {{ {', '.join(module.exports)} }};\n" if module.exports else ""
    name = f"const {variable(path, root)} = " if module.exports else ""
    return f"{name}(() => {{\n{module.body}{exports}}})();\n"


def variable(path: Path, root: Path) -> str:
    """Return the name of the constant with the exports of a module."""
    return "module_" + re.sub(r"\W", "_", str(path.relative_to(root).with_suffix("")))


def problem(file: Path, root: Path, text: str, position: int, message: str) -> EngineError:
    line = text.count("\n", 0, position) + 1
    return EngineError([Problem(f"{file.relative_to(root)}:{line}", message)])
