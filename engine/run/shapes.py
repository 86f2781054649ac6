# SPDX-License-Identifier: MIT
"""Check shape comments, such as `scores = queries @ keys.T  # (queries, keys)`, while code runs.

`engine.run.instrument` wraps each commented expression in a call that compares the tensor with the
comment and returns it unchanged. Within one call of a function, and at the top level of a file, a
name stands for one size. A number is a size itself, and so is the 7 in `keys=7`, for an example
with other sizes. `...` stands for any axes. Sums and products are computed if their names are
known. Text may follow the tuple. Comments are checked after assignments, returns, expressions,
arguments, parameters and loop headers.
"""

import builtins
import re
import sys
import types
from dataclasses import dataclass
from typing import Any

DIMENSION = r"(?:\.\.\.|[a-zA-Z_]\w*=\d+|\w+(?: ?(?:[*/+-]|//) ?\w+)*)"
TUPLE = rf"\((?:|{DIMENSION},|{DIMENSION}(?:, {DIMENSION})+,?)\)"
COMMENT = re.compile(rf"#\s*(?P<tuples>{TUPLE}(?:, {TUPLE})*)")
# Not valid identifiers, so no code can clash with them. torch.compile rejects builtins without "_".
CHECK, ENTER = "_shape check", "_shape check enter"
CO_OPTIMIZED = 1  # set in the code flags of functions, not in those of modules and classes

Shape = tuple[int, ...]
Sizes = dict[str, tuple[int, int]]  # by name: the size, and the line that defined it


@dataclass(frozen=True)
class ShapeComment:
    """The tuples of one comment, each as a tuple of dimensions."""

    path: str
    line: int
    shapes: tuple[tuple[str, ...], ...]


class ShapeChecker:
    """Checker that compares tensors with comments; `errors` maps (path, line) to a message."""

    def __init__(self) -> None:
        self.comments: list[ShapeComment] = []
        self.errors: dict[tuple[str, int], str] = {}
        self.scopes: dict[object, Sizes] = {}

    def install(self) -> None:
        """Add the two functions that instrumented code calls to the builtins."""
        import torch

        is_compiling = torch.compiler.is_compiling  # checks are skipped while torch.compile traces

        def check(number: int, value: Any) -> Any:
            """Compare a value with comment `number` and return it."""
            if not is_compiling():
                self.compare(self.comments[number], value, self.scope(sys._getframe(1)))
            return value

        def enter(number: int | None, *values: Any) -> None:
            """Open the scope of a function call; compare its arguments with comment `number`."""
            if not is_compiling():
                sizes = self.scopes[id(sys._getframe(1))] = {}
                if number is not None:
                    tensors = tuple(value for value in values if shape_of(value) is not None)
                    self.compare(self.comments[number], tensors, sizes)

        vars(builtins).update({CHECK: check, ENTER: enter})

    def scope(self, frame: types.FrameType) -> Sizes:
        """Return the known sizes of a frame: those of its call, or of its file at the top level.

        A call is identified by the id of its frame. A later frame may have the same id, so `enter`
        resets the sizes.
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
        for item, dimensions in zip(values, shapes, strict=False):
            shape = shape_of(item)
            if isinstance(item, list) and item and shape_of(item[0]) is not None:
                shape = shape_of(item[0]) or ()
                shape = shape if len(shape) == len(dimensions) else (len(item), *shape)
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
    """Return a message if a comment contradicts a shape, else None; store sizes of new names."""
    comment = f"({', '.join(dimensions)}{',' if len(dimensions) == 1 else ''})"
    wrong = f"the comment says {comment}, but the tensor has the shape {shape}"
    dots = "..." in dimensions
    place = dimensions.index("...") if dots else len(dimensions)
    before, after = dimensions[:place], dimensions[place + 1 :]
    if len(shape) < len(before) + len(after) or (not dots and len(shape) != len(dimensions)):
        n_named = len(before) + len(after)
        return f"{wrong}: {len(shape)} {'axis' if len(shape) == 1 else 'axes'} instead of {n_named}"
    pairs = [*zip(before, shape, strict=False)]
    pairs += [*zip(after, shape[len(shape) - len(after) :], strict=True)] if after else []
    for dimension, size in sorted(pairs, key=lambda pair: not pair[0].isidentifier()):
        if dimension.isidentifier():
            expected, defined_at = sizes.setdefault(dimension, (size, line))
            if expected != size:
                return f"{wrong}: {dimension} is {expected} in line {defined_at}, and {size} here"
        else:
            value = computed(dimension.partition("=")[2] or dimension, sizes)
            if value not in (None, size):
                return f"{wrong}: {dimension} is not {size}"
    return None


def computed(dimension: str, sizes: Sizes) -> float | None:
    """Return the value of a term such as `n_heads * d_k`, or None if a name has no size yet."""
    names = {name: size for name, (size, _) in sizes.items()}
    try:
        return float(eval(dimension, {"__builtins__": {}}, names))
    except Exception:
        return None
