# SPDX-License-Identifier: MIT
"""The names that a statement binds, uses and changes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.programs.imports import bound_name

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ASSIGNMENTS = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr | ast.For
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Names:
    """The names of one statement.

    binds: names that it gives a value
    uses: names that it needs when it runs
    later: names that a function or class in it needs when that is called
    changes: names whose value it may edit in place
    """

    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, statement: ast.stmt) -> Names:
        names = cls()
        names.visit(statement, frozenset(), False)
        return names

    def visit(self, node: ast.AST, local: frozenset[str], inside: bool) -> None:
        """Add the names of a node.

        local: names of the functions, classes and comprehensions around it
        inside: whether it stands in a function or a class
        """
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            self.visit_scope(node, local, inside)
            return
        if isinstance(node, COMPREHENSIONS):
            local |= names_in(generator.target for generator in node.generators)
        if not inside:
            self.binds.update(names_bound_without_node(node))
        if isinstance(node, ast.Name) and node.id not in local:
            if isinstance(node.ctx, ast.Store) and not inside:
                self.binds.add(node.id)
            elif inside:
                self.later.add(node.id)
            elif node.id not in self.binds:  # else the statement itself bound it, as a loop does
                self.uses.add(node.id)
        if not inside and (name := changed_name(node)) and name not in local | self.binds:
            self.changes.add(name)
            self.uses.add(name)
        for child in in_order_of_evaluation(node):
            self.visit(child, local, inside)

    def visit_scope(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef,
        local: frozenset[str],
        inside: bool,
    ) -> None:
        """Add the names of a function or class: its header is evaluated now, its body later."""
        if not isinstance(node, ast.Lambda):
            if not inside:
                self.binds.add(node.name)
            for decorator in node.decorator_list:
                self.visit(decorator, local, inside)
        local |= {parameter.name for parameter in getattr(node, "type_params", [])}
        if isinstance(node, ast.ClassDef):
            for part in (*node.bases, *node.keywords):
                self.visit(part, local, inside)
        else:
            for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
                self.visit(default, local, inside)
            for annotation in annotations_of(node):
                self.visit(annotation, local, True)
        for child in node.body if isinstance(node.body, list) else [node.body]:
            self.visit(child, local | own_names(node), True)


def in_order_of_evaluation(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children of a node, a value before the name it is assigned to."""
    fields = list(node._fields)
    if isinstance(node, ASSIGNMENTS):
        fields.sort(key=lambda name: name not in ("value", "iter"))
    for name in fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield item


def own_names(scope: ast.AST) -> frozenset[str]:
    """Return the names that a function or class binds for itself."""
    names: set[str] = set()
    shared: set[str] = set()
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Global(names=declared):
                shared.update(declared)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
                continue
            case ast.ClassDef(name=name):
                names.add(name)
                continue
            case ast.Lambda():
                continue
        names.update(names_bound_without_node(node))
        waiting += ast.iter_child_nodes(node)
    return frozenset(names - shared)


def names_bound_without_node(node: ast.AST) -> Iterable[str]:
    """Return the names that an import, an `except` or a pattern binds without an `ast.Name`."""
    match node:
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return map(bound_name, aliases)
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return filter(None, [name])
        case ast.MatchMapping(rest=name):
            return filter(None, [name])
    return ()


def names_in(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return every name that stands below some nodes."""
    found = (child for node in nodes for child in ast.walk(node))
    return frozenset(child.id for child in found if isinstance(child, ast.Name))


def annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.expr]:
    """Return the annotations of a function's arguments and of its result."""
    arguments = [arg.annotation for arg in ast.walk(function.args) if isinstance(arg, ast.arg)]
    return [found for found in [*arguments, getattr(function, "returns", None)] if found]


def changed_name(node: ast.AST) -> str | None:
    """Return the name whose value a node may edit: `x[0] = 1`, `x += 1`, `model.train()`."""
    match node:
        case ast.AugAssign(target=target):
            return root_name(target)
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return root_name(node)
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            return root_name(function)
    return None


def root_name(node: ast.AST) -> str | None:
    """Return the name that a chain of attributes and indices starts from: `a` in `a.b[0].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
