# SPDX-License-Identifier: MIT
"""Helpers for the syntax tree of a snippet."""

from __future__ import annotations

import ast

TOO_DEEP = (RecursionError, MemoryError)  # raised for source that is nested too deep to be read
UNREADABLE = (SyntaxError, ValueError, *TOO_DEEP)


def statements(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a module; those under `if __name__ == "__main__":` take its place."""
    found: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id="__name__"),
                    ops=[ast.Eq()],
                    comparators=[ast.Constant(value="__main__")],
                ),
            ):
                found += statement.body
            case _:
                found.append(statement)
    return found


def is_constant(statement: ast.stmt) -> bool:
    """Whether it is a mere text or number, which does nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def first_line(statement: ast.stmt) -> int:
    """Its first line, that of its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])
