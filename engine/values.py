# SPDX-License-Identifier: MIT
"""Puts a value that code produced into words: for a sentence, or as a table of a tensor."""

from __future__ import annotations

import html
import json
import math
import re
from typing import Any

# What Markdown or HTML could take for markup. A value that holds one is refused, so that nothing
# that a snippet computes can become live in a page.
SPECIAL = re.compile(r"[*_`<>&\\$|~#!\x00-\x1f\x7f]")


def number(value: float) -> str:
    """2.0 -> "2", 1.93662 -> "1.9366", 0.00000603 -> "6.0337e-06"."""
    if isinstance(value, bool) or not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{value:.4e}"


def plain(value: Any) -> Any:
    """Turns tensors and arrays, of whatever library, into lists and numbers."""
    return value.tolist() if hasattr(value, "tolist") else value


def inline(value: Any) -> str:
    """A value as it reads in a sentence.

    Raises ValueError where it is more than one line of plain text.
    """
    text = _inline(value)
    if special := SPECIAL.search(text):
        raise ValueError(
            f"{text[:60]!r} cannot stand in a sentence, since {special[0]!r} may be markup: "
            f"print it in a section and show that output in a code fence"
        )
    return text


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return f"({', '.join(map(_inline, value))}{',' if len(value) == 1 else ''})"
    value = plain(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, int | float):
        return number(value)
    kind = type(value).__name__
    raise ValueError(f"a {kind} has no form for a sentence: make it a str or a number")


def table(value: Any, expression: str) -> str | None:
    """A 1-D or 2-D tensor as one line of HTML, or None for any other value.

    `data-values` carries the exact numbers as JSON, `data-tensor` the name.
    """
    if not hasattr(value, "tolist") or len(value.shape) not in (1, 2):
        return None
    rows = value.tolist() if len(value.shape) == 2 else [value.tolist()]
    name = re.findall(r"[A-Za-z_]\w*", expression)[-1]
    shape = _inline(tuple(value.shape))
    exact = json.dumps(rows, separators=(",", ":"))
    body = "".join(
        "<tr>" + "".join(f"<td>{number(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<table class="tensor" data-tensor="{name}" data-values="{html.escape(exact)}">'
        f"<caption>{name} <span>{shape}</span></caption><tbody>{body}</tbody></table>"
    )
