# SPDX-License-Identifier: MIT
"""Helpers for the syntax tree of a snippet."""

import ast

TOO_DEEP = (RecursionError, MemoryError)  # raised by `ast.parse` for source with deep nesting
UNREADABLE = (SyntaxError, ValueError, *TOO_DEEP)


def statements(tree: ast.Module) -> list[ast.stmt]:
    """Return the statements of a module, with the main guard replaced by its body."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id="__name__"),
                    ops=[ast.Eq()],
                    comparators=[ast.Constant(value="__main__")],
                )
            ):
                body += statement.body
            case _:
                body.append(statement)
    return body


def is_constant(statement: ast.stmt) -> bool:
    """Return whether a statement is only a constant, such as a docstring, without an effect."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def first_line(statement: ast.stmt) -> int:
    """Return the first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])
