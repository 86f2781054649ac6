# SPDX-License-Identifier: MIT
"""Puts a value that code produced into words: for a sentence, or as a table of a tensor."""

from __future__ import annotations

import html
import json
import math
import re
from typing import Any

LONGEST = 300  # characters in a sentence
MOST_CELLS = 2_500  # of a table: a page shows some dozens
# What Markdown or HTML could take for markup. A value that holds one is refused, so that nothing
# that a snippet computes can become live in a page.
# Brackets and braces may stand, as those of a list do, but for links, attributes and values; the
# last are characters that are not seen and turn the order of others (https://trojansource.codes).
SPECIAL = re.compile(
    r"[*_`<>&\\$|~#!\x00-\x1f\x7f-\x9f\ud800-\udfff]|\[TOC\]|\][(\[:]|\[\^|[{}]|^[-+:=?]+(?= |$)"
    r"|^\d+[.)](?= )|[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def is_fixed(value: float) -> bool:
    """Whether a number reads well without a power of ten."""
    return math.isfinite(value) and (value == 0 or 1e-3 <= abs(value) < 1e6)


def places(numbers: list[float]) -> int:
    """Return the decimals, 4 at the most, that these numbers need so that they line up."""
    fixed = [f"{value:.4f}".rstrip("0") for value in numbers if is_fixed(value)]
    return max((len(text.partition(".")[2]) for text in fixed), default=0)


def number(value: float, decimals: int) -> str:
    """2.0 -> "2" or "2.0000", 1.93662 -> "1.9366", and 0.00000603 -> "6.0337e-06"."""
    if isinstance(value, bool) or not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not is_fixed(value):
        return str(value)  # it was counted, so every digit of it is known
    return f"{value:.{decimals}f}" if is_fixed(value) else f"{value:.4e}"


def flat(value: Any) -> list[float]:
    """All numbers in nested lists."""
    if isinstance(value, list | tuple):
        return [number for item in value for number in flat(item)]
    return [value] if isinstance(value, int | float) else []


def inline(value: Any) -> str:
    """Return a value as it reads in a sentence.

    Raises ValueError where it is more than one line of plain text.
    """
    value = value.tolist() if hasattr(value, "tolist") else value
    text = worded(value, places(flat(value)))
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} characters are too long for a sentence ({LONGEST} may be)")
    if special := SPECIAL.search(text):
        raise ValueError(
            f"{text[:60]!r} cannot stand in a sentence, since {special[0]!r} may be markup: "
            f"print it in a section and show that output in a code fence"
        )
    return text


def worded(value: Any, decimals: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value, decimals)
    if isinstance(value, list | tuple):
        items = ", ".join(worded(item, decimals) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items}{',' if len(value) == 1 else ''})"
    kind = type(value).__name__
    raise ValueError(f"a {kind} has no form for a sentence: make it a str or a number")


def table(value: Any, expression: str) -> str | None:
    """Return a 1-D or 2-D tensor as one line of HTML, or None for any other value.

    `data-values` carries the exact numbers as JSON, `data-tensor` the expression.

    Raises ValueError where it is too large for a page.
    """
    if not hasattr(value, "tolist") or len(value.shape) not in (1, 2):
        return None
    if math.prod(value.shape) > MOST_CELLS:
        size = f"{math.prod(value.shape)} numbers are too many for a table"
        raise ValueError(f"{size} ({MOST_CELLS} may be): show a part of it, such as x[:3]")
    rows = value.tolist() if len(value.shape) == 2 else [value.tolist()]
    # What notebooks would take for Markdown is written as its number.
    name = re.sub(r"[][{}`$]", lambda mark: f"&#{ord(mark[0])};", html.escape(expression))
    shape = worded(tuple(value.shape), 0)
    decimals = places(flat(rows))
    exact = json.dumps(rows, separators=(",", ":"))
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(number(cell, decimals))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="tensor" data-tensor="{name}" data-values="{html.escape(exact)}">'
        f"<caption><code>{name}</code> <span>{shape}</span></caption><tbody>{body}</tbody></table>"
    )
