# SPDX-License-Identifier: MIT
"""Wrap each expression that has a shape comment in a call of the checker."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Any

from engine.run.shapes import CHECK, COMMENT, DIMENSION, ENTER, TUPLE, ShapeChecker, ShapeComment


def instrument(tree: ast.Module, source: str, path: str, checker: ShapeChecker) -> None:
    """Insert the checks of all shape comments into the syntax tree of a source, in place."""
    if "# (" not in source:
        return
    comments = dict(read_comments(source, path))
    if comments:
        Instrumenter(comments, source.split("\n"), checker).visit(tree)
        ast.fix_missing_locations(tree)


def read_comments(source: str, path: str) -> Iterator[tuple[int, ShapeComment]]:
    """Yield the line and the content of each shape comment that follows code."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            is_behind_code = token.line[: token.start[1]].strip() != ""
            match = COMMENT.match(token.string)
            if token.type == tokenize.COMMENT and is_behind_code and match:
                tuples = re.findall(TUPLE, match["tuples"])
                shapes = (re.findall(DIMENSION, text) for text in tuples)
                line = token.start[0]
                yield line, ShapeComment(path, line, tuple(map(tuple, shapes)))
    except (tokenize.TokenError, SyntaxError):
        return  # the compiler reports it


class Instrumenter(ast.NodeTransformer):
    """AST transformer that wraps expressions with shape comments in calls of the checker."""

    def __init__(
        self, comments: dict[int, ShapeComment], lines: list[str], checker: ShapeChecker
    ) -> None:
        self.comments, self.lines, self.checker = comments, lines, checker

    def pop(self, line: int | None) -> int | None:
        """Remove the comment of a line and return its number in the checker, or None."""
        comment = self.comments.pop(line or 0, None)
        if comment is None:
            return None
        self.checker.comments.append(comment)
        return len(self.checker.comments) - 1

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.function(node)
        if isinstance(node, ast.For | ast.With):
            self.header(node)
        elif isinstance(node, ast.Return | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
            return self.statement(node)
        elif isinstance(node, ast.expr) and self.ends_line(node):
            number = self.pop(node.end_lineno)
            inner = self.generic_visit(node)
            return node if number is None else self.wrapped(number, inner)
        return self.generic_visit(node)

    def statement(self, node: Any) -> Any:
        number = None if node.value is None else self.pop(node.end_lineno)
        node = self.generic_visit(node)
        if number is None:
            return node
        if isinstance(node, ast.AugAssign):
            target = ast.parse(ast.unparse(node.target), mode="eval").body
            return [node, ast.copy_location(ast.Expr(self.wrapped(number, target)), node)]
        call = node.value
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "print":
            call.args = [
                arg if isinstance(arg, ast.Starred) else self.wrapped(number, arg)
                for arg in call.args
            ]
        else:
            node.value = self.wrapped(number, node.value)
        return node

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        """Insert a call at the start of a function that opens its scope and checks parameters."""
        before = len(self.comments)
        names = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        checks = []
        for arg in names:
            if arg.end_lineno != node.lineno and (number := self.pop(arg.end_lineno)) is not None:
                checks.append(ast.Expr(self.wrapped(number, ast.Name(arg.arg, ast.Load()))))
        header = self.pop(node.lineno) if node.body[0].lineno > node.lineno else None
        self.generic_visit(node)
        if len(self.comments) < before:
            arguments: list[ast.expr] = [ast.Name(arg.arg, ast.Load()) for arg in names]
            entry = ast.Expr(call_of(ENTER, header, *arguments))
            place = 1 if ast.get_docstring(node, clean=False) is not None else 0
            for statement in (entry, *checks):
                ast.copy_location(statement, node.body[0])
            node.body[place:place] = [entry, *checks]
        return node

    def header(self, node: ast.For | ast.With) -> None:
        """Insert a check of the targets of a loop or a `with` at the start of its body."""
        targets = (
            [node.target]
            if isinstance(node, ast.For)
            else [item.optional_vars for item in node.items if item.optional_vars]
        )
        last = max((target.end_lineno or 0) for target in targets) if targets else 0
        number = self.pop(node.lineno) if last == node.lineno < node.body[0].lineno else None
        if number is not None:
            for target in targets:
                value = ast.parse(ast.unparse(target), mode="eval").body
                check = ast.Expr(self.wrapped(number, value))
                node.body.insert(0, ast.copy_location(check, node.body[0]))

    def ends_line(self, node: ast.expr) -> bool:
        """Return whether only brackets and a comma stand between an expression and a comment."""
        line = node.end_lineno or 0
        if line not in self.comments or isinstance(node, ast.Starred):
            return False
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return False
        rest = self.lines[line - 1].encode()[node.end_col_offset or 0 :].decode("utf-8", "replace")
        return re.match(r"[\s)]*,?\s*#", rest) is not None

    def wrapped(self, number: int, value: Any) -> ast.Call:
        return ast.copy_location(call_of(CHECK, number, value), value)


def call_of(name: str, *arguments: int | ast.expr | None) -> ast.Call:
    nodes = [arg if isinstance(arg, ast.expr) else ast.Constant(arg) for arg in arguments]
    return ast.Call(ast.Name(name, ast.Load()), nodes, [])
