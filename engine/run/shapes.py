# SPDX-License-Identifier: MIT
"""Checks shape comments, such as `scores = queries @ keys.T  # (queries, keys)`, while code runs.

`instrument` wraps each commented expression in a call that compares the tensor with the comment
and returns the tensor unchanged. A name has one size within one call of a function, and one at the
top level of a file; a number is the size itself, and so is the 7 in `keys=7`, for an example with
sizes of its own. `...` stands for any axes, sums and products are computed where their names are
known, and text may follow the tuple. Comments after
assignments, returns, expressions, arguments, parameters and loop headers are checked.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import sys
import tokenize
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DIMENSION = r"(?:\.\.\.|[a-zA-Z_]\w*=\d+|\w+(?: ?(?:[*/+-]|//) ?\w+)*)"
TUPLE = rf"\((?:|{DIMENSION},|{DIMENSION}(?:, {DIMENSION})+,?)\)"
COMMENT = re.compile(rf"#\s*(?P<tuples>{TUPLE}(?:, {TUPLE})*)")
# No identifiers, so that no code can clash. torch.compile refuses builtins without the "_".
CHECK, ENTER = "_shape check", "_shape check enter"
CO_OPTIMIZED = 1  # the flag of a function's code, in contrast to that of a module or a class

Shape = tuple[int, ...]
Sizes = dict[str, tuple[int, int]]  # by name: the size, and the line that says so


@dataclass(frozen=True)
class ShapeComment:
    """The tuples of one comment, each as its dimensions."""

    path: str
    line: int
    shapes: tuple[tuple[str, ...], ...]


class ShapeChecker:
    """Compares tensors with comments. `errors` maps (path, line) to a message."""

    def __init__(self) -> None:
        self.comments: list[ShapeComment] = []
        self.errors: dict[tuple[str, int], str] = {}
        self.scopes: dict[object, Sizes] = {}

    def install(self) -> None:
        """Make the two functions that instrumented code calls."""
        import torch

        is_compiling = torch.compiler.is_compiling  # while torch.compile traces, it skips checks

        def check(number: int, value: Any) -> Any:
            """Compare a value with comment `number` and return it."""
            if not is_compiling():
                self.compare(self.comments[number], value, self.scope(sys._getframe(1)))
            return value

        def enter(number: int | None, *values: Any) -> None:
            """Begin a function's scope; compare its arguments with comment `number`."""
            if not is_compiling():
                sizes = self.scopes[id(sys._getframe(1))] = {}
                if number is not None:
                    tensors = tuple(value for value in values if shape_of(value) is not None)
                    self.compare(self.comments[number], tensors, sizes)

        vars(builtins).update({CHECK: check, ENTER: enter})

    def scope(self, frame: types.FrameType) -> Sizes:
        """Return the sizes known in a frame: those of its call, or of its file at the top level.

        A frame object lives as long as its call, so that its id will do: `enter` resets it.
        """
        while frame.f_code.co_name in ("<lambda>", "<genexpr>", "<listcomp>") and frame.f_back:
            frame = frame.f_back
        is_call = frame.f_code.co_flags & CO_OPTIMIZED
        key: object = id(frame) if is_call else frame.f_code.co_filename
        return self.scopes.setdefault(key, {})

    def compare(self, comment: ShapeComment, value: Any, sizes: Sizes) -> None:
        place = comment.path, comment.line
        values = value if isinstance(value, tuple) else (value,)
        shapes = comment.shapes * len(values) if len(comment.shapes) == 1 else comment.shapes
        for one, dimensions in zip(values, shapes, strict=False):
            shape = shape_of(one)
            if isinstance(one, list) and one and shape_of(one[0]) is not None:
                shape = shape_of(one[0]) or ()
                shape = shape if len(shape) == len(dimensions) else (len(one), *shape)
            if shape is not None and place not in self.errors:
                error = mismatch(dimensions, shape, sizes, comment.line)
                if error:
                    self.errors[place] = error


def shape_of(value: Any) -> Shape | None:
    """Return the shape of a tensor or an array, or None for any other value."""
    for module, kind in (("torch", "Tensor"), ("numpy", "ndarray")):
        if module in sys.modules and isinstance(value, getattr(sys.modules[module], kind)):
            return tuple(value.shape)
    return None


def mismatch(dimensions: tuple[str, ...], shape: Shape, sizes: Sizes, line: int) -> str | None:
    """Return what a comment gets wrong about a shape, or None; note the sizes of new names."""
    said = f"({', '.join(dimensions)}{',' if len(dimensions) == 1 else ''})"
    wrong = f"the comment says {said}, but the tensor has the shape {shape}"
    before, dots, after = partition(dimensions)
    if len(shape) < len(before) + len(after) or (not dots and len(shape) != len(dimensions)):
        least = len(before) + len(after)
        return f"{wrong}: {len(shape)} {'axis' if len(shape) == 1 else 'axes'} instead of {least}"
    pairs = [*zip(before, shape, strict=False)]
    pairs += [*zip(after, shape[len(shape) - len(after) :], strict=True)] if after else []
    for dimension, size in sorted(pairs, key=lambda pair: not pair[0].isidentifier()):
        if dimension.isidentifier():
            known, since = sizes.setdefault(dimension, (size, line))
            if known != size:
                return f"{wrong}: {dimension} is {known} in line {since}, and {size} here"
        else:
            value = computed(dimension.partition("=")[2] or dimension, sizes)
            if value not in (None, size):
                return f"{wrong}: {dimension} is not {size}"
    return None


def partition(dimensions: tuple[str, ...]) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Split dimensions at `...` into those before it, whether it is there, and those after."""
    if "..." not in dimensions:
        return dimensions, False, ()
    place = dimensions.index("...")
    return dimensions[:place], True, dimensions[place + 1 :]


def computed(dimension: str, sizes: Sizes) -> float | None:
    """Compute `n_heads * d_k`, or return None if the size of a name in it is not known."""
    known = {name: size for name, (size, _) in sizes.items()}
    try:
        return float(eval(dimension, {"__builtins__": {}}, known))
    except Exception:
        return None


def instrument(tree: ast.Module, source: str, path: str, checker: ShapeChecker) -> None:
    """Insert the checks of all shape comments of a source into its tree, in place."""
    if "# (" not in source:
        return
    comments = dict(read_comments(source, path))
    if comments:
        Instrumenter(comments, source.split("\n"), checker).visit(tree)
        ast.fix_missing_locations(tree)


def read_comments(source: str, path: str) -> Iterator[tuple[int, ShapeComment]]:
    """Yield each shape comment that stands behind code, with its line."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            is_behind_code = token.line[: token.start[1]].strip() != ""
            match = COMMENT.match(token.string)
            if token.type == tokenize.COMMENT and is_behind_code and match:
                tuples = re.findall(TUPLE, match["tuples"])
                shapes = (re.findall(DIMENSION, one) for one in tuples)
                line = token.start[0]
                yield line, ShapeComment(path, line, tuple(map(tuple, shapes)))
    except (tokenize.TokenError, SyntaxError):
        return  # the compiler will say so


class Instrumenter(ast.NodeTransformer):
    """Wraps commented expressions in calls of the checker."""

    def __init__(
        self, comments: dict[int, ShapeComment], lines: list[str], checker: ShapeChecker
    ) -> None:
        self.comments, self.lines, self.checker = comments, lines, checker

    def take(self, line: int | None) -> int | None:
        """Return the number of the comment in a line, once."""
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
            number = self.take(node.end_lineno)
            inner = self.generic_visit(node)
            return node if number is None else self.wrapped(number, inner)
        return self.generic_visit(node)

    def statement(self, node: Any) -> Any:
        number = None if node.value is None else self.take(node.end_lineno)
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
        """Begin the scope of a function with a check of its parameters."""
        before = len(self.comments)
        names = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        checks = []
        for arg in names:
            if arg.end_lineno != node.lineno and (number := self.take(arg.end_lineno)) is not None:
                checks.append(ast.Expr(self.wrapped(number, ast.Name(arg.arg, ast.Load()))))
        header = self.take(node.lineno) if node.body[0].lineno > node.lineno else None
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
        """Check what a loop or a `with` binds when its body begins."""
        targets = (
            [node.target]
            if isinstance(node, ast.For)
            else [item.optional_vars for item in node.items if item.optional_vars]
        )
        last = max((target.end_lineno or 0) for target in targets) if targets else 0
        number = self.take(node.lineno) if last == node.lineno < node.body[0].lineno else None
        if number is not None:
            for target in targets:
                value = ast.parse(ast.unparse(target), mode="eval").body
                check = ast.Expr(self.wrapped(number, value))
                node.body.insert(0, ast.copy_location(check, node.body[0]))

    def ends_line(self, node: ast.expr) -> bool:
        """Return whether only a comma or a bracket stands between an expression and a comment."""
        line = node.end_lineno or 0
        if line not in self.comments or isinstance(node, ast.Starred):
            return False
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return False
        rest = self.lines[line - 1].encode()[node.end_col_offset or 0 :].decode("utf-8", "replace")
        return re.match(r"\s*,?\s*#", rest) is not None

    def wrapped(self, number: int, value: Any) -> ast.Call:
        return ast.copy_location(call_of(CHECK, number, value), value)


def call_of(name: str, *arguments: int | ast.expr | None) -> ast.Call:
    given = [one if isinstance(one, ast.expr) else ast.Constant(one) for one in arguments]
    return ast.Call(ast.Name(name, ast.Load()), given, [])
