# SPDX-License-Identifier: MIT
"""Resolve local imports to files of the project."""

import ast
from pathlib import Path
from typing import TypeGuard

Import = ast.Import | ast.ImportFrom


def bound_name(alias: ast.alias) -> str:
    """Return the name that an import binds: `a` for `import a.b`."""
    return alias.asname or alias.name.split(".")[0]


def is_local(node: ast.AST, importer: Path, root: Path) -> TypeGuard[Import]:
    """Return whether a node imports anything from a file below `root`."""
    return isinstance(node, ast.Import | ast.ImportFrom) and any(
        local_file(node, alias.name, importer, root) for alias in node.names
    )


def local_file(node: Import, name: str, importer: Path, root: Path) -> Path | None:
    """Return the local file that an import takes `name` from, or None for a package."""
    return local_module(node, name, importer, root) or (
        module_at(base_of(node, importer, root)) if isinstance(node, ast.ImportFrom) else None
    )


def local_module(node: Import, name: str, importer: Path, root: Path) -> Path | None:
    """Return the local file of the module that an import binds to `name`; None if it binds none."""
    if isinstance(node, ast.Import):
        return module_at(root.joinpath(*name.split(".")))
    base = base_of(node, importer, root)
    return None if base.with_suffix(".py").is_file() else module_at(base / name)


def module_at(base: Path) -> Path | None:
    """Return the file of the module or package at a path without a suffix."""
    files = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def base_of(node: ast.ImportFrom, importer: Path, root: Path) -> Path:
    """Return the path, without a suffix, of the module between `from` and `import`."""
    base = importer.parent if node.level else root
    for _ in range(node.level - 1):
        base = base.parent
    return base.joinpath(*(node.module or "").split("."))
