# SPDX-License-Identifier: MIT
"""Find the names that a statement binds, uses and changes, from its bytecode and syntax tree."""

import __future__

import ast
import dis
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Self

SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
MODULE_NAMES = ("__annotations__", "__doc__", "__name__")  # names that every module has
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@dataclass
class Names:
    """The names of one statement.

    binds: names that it binds
    uses: names that it reads when it runs, before it binds them itself
    later: names that functions in it read when they are called, and names in annotations
    changes: names whose value it may change in place
    """

    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, statement: ast.stmt) -> Self:
        """Return the names of a statement; raise SyntaxError if it cannot be compiled."""
        names = cls()
        flags = __future__.annotations.compiler_flag  # annotations are read below
        module = ast.Module([statement], [])
        names.read(compile(module, "statement", "exec", flags, dont_inherit=True), True)
        for node in ast.walk(statement):
            if isinstance(node, ast.alias) and node.name == "*":
                names.binds.add("*")
            annotations = (getattr(node, name, None) for name in ("annotation", "returns"))
            names.later |= names_in(filter(None, annotations))
        names.changes = names.uses & set(map(changed_name, run_at_once(statement)))
        return names

    def read(self, code: CodeType, is_now: bool) -> None:
        """Add the names of a code object; is_now: whether it runs with the statement."""
        bound = self.binds if is_now else set[str]()
        for instruction in dis.get_instructions(code):
            kind, _, scope = instruction.opname.partition("_")
            value = instruction.argval
            if isinstance(value, CodeType):
                self.read(value, is_now and value.co_name in COMPREHENSIONS)
            elif scope not in ("NAME", "GLOBAL") or kind == "IMPORT" or value in MODULE_NAMES:
                continue
            elif kind == "STORE" and (is_now or scope == "NAME"):
                bound.add(value)
            elif value not in bound:
                (self.uses if is_now else self.later).add(value)


def run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and its descendants, except the bodies of functions and classes."""
    if not isinstance(node, SCOPES):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from run_at_once(child)


def names_in(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return all names in some syntax trees."""
    children = (child for node in nodes for child in ast.walk(node))
    return frozenset(child.id for child in children if isinstance(child, ast.Name))


def changed_name(node: ast.AST) -> str | None:
    """Return the name whose value a node may change in place, as `x[0] = 1` or `model.train()`."""
    match node:
        case ast.AugAssign(target=target):
            return root_name(target)
        case ast.Attribute(ctx=use) | ast.Subscript(ctx=use) if not isinstance(use, ast.Load):
            return root_name(node)
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            return root_name(function)
    return None


def root_name(node: ast.AST) -> str | None:
    """Return the first name in a chain of attributes and indices, such as `a` in `a.b[0].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
