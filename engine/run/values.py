# SPDX-License-Identifier: MIT
"""Format values for a sentence, as the table of a tensor, or as data for a script."""

import html
import json
import math
import re
from typing import Any

MAX_SENTENCE = 300  # characters of a value in a sentence
MAX_CELLS = 2_500  # cells of a table; pages show a few dozen
MAX_DATA = 100_000  # bytes of data for a script of the page
# Text that Markdown or HTML could interpret as markup. Values that contain it are refused, so that
# no snippet can inject links or scripts into a page. The brackets of a list are allowed, but not
# those of links, attributes and values. The last characters are invisible and change the direction
# of text (https://trojansource.codes).
MARKUP = re.compile(
    r"[*_`<>&\\$|~#!\x00-\x1f\x7f-\x9f\ud800-\udfff]|\[TOC\]|\][(\[:]|\[\^|[{}]|^[-+:=?]+(?= |$)"
    r"|^\d+[.)](?= )|[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def is_fixed(value: float) -> bool:
    """Return whether a number is readable without a power of ten."""
    return math.isfinite(value) and (value == 0 or 1e-3 <= abs(value) < 1e6)


def decimals_of(numbers: list[float]) -> int:
    """Return the number of decimals, at most 4, that the numbers need."""
    fixed = [f"{value:.4f}".rstrip("0") for value in numbers if is_fixed(value)]
    return max((len(text.partition(".")[2]) for text in fixed), default=0)


def number(value: float, decimals: int) -> str:
    """Format a number: 2.0 -> "2" or "2.0000", 1.93662 -> "1.9366", 6.03e-6 -> "6.0300e-06"."""
    if isinstance(value, bool) or not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not is_fixed(value):
        return str(value)  # a count, which is exact
    return f"{value:.{decimals}f}" if is_fixed(value) else f"{value:.4e}"


def cell(value: float, decimals: int) -> str:
    """Format a number in a table, where tiny numbers are rounded, too: 6e-06 -> "0.0000"."""
    is_tiny = decimals and 0 < abs(value) < 1e-3
    return f"{value:.{decimals}f}" if is_tiny else number(value, decimals)


def flat(value: Any) -> list[float]:
    """Return all numbers in nested lists."""
    if isinstance(value, list | tuple):
        return [number for item in value for number in flat(item)]
    return [value] if isinstance(value, int | float) else []


def inline(value: Any) -> str:
    """Return a value as text for a sentence.

    Raises ValueError unless it is a short line of plain text.
    """
    value = value.tolist() if hasattr(value, "tolist") else value
    text = formatted(value, decimals_of(flat(value)))
    if len(text) > MAX_SENTENCE:
        raise ValueError(
            f"{len(text)} characters are too long for a sentence ({MAX_SENTENCE} may be)"
        )
    if special := MARKUP.search(text):
        raise ValueError(
            f"{text[:60]!r} cannot stand in a sentence, since {special[0]!r} may be markup: "
            f"print it in a section and show that output in a code fence"
        )
    return text


def formatted(value: Any, decimals: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value, decimals)
    if isinstance(value, list | tuple):
        items = ", ".join(formatted(item, decimals) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items}{',' if len(value) == 1 else ''})"
    kind = type(value).__name__
    raise ValueError(f"a {kind} has no form for a sentence: make it a str or a number")


def table(value: Any, expression: str) -> str | None:
    """Return a 1-D or 2-D tensor as one line of HTML, or None for any other value.

    The attribute `data-values` has the exact numbers as JSON, and `data-tensor` the expression.

    Raises ValueError if it is too large for a page.
    """
    if not hasattr(value, "tolist") or len(value.shape) not in (1, 2):
        return None
    if math.prod(value.shape) > MAX_CELLS:
        size = f"{math.prod(value.shape)} numbers are too many for a table"
        raise ValueError(f"{size} ({MAX_CELLS} may be): show a part of it, such as x[:3]")
    rows = value.tolist() if len(value.shape) == 2 else [value.tolist()]
    # Notebooks would interpret these characters as Markdown.
    name = re.sub(r"[][{}`$]", lambda mark: f"&#{ord(mark[0])};", html.escape(expression))
    shape = formatted(tuple(value.shape), 0)
    decimals = decimals_of(flat(rows))
    exact = json.dumps(rows, separators=(",", ":"))
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell(v, decimals))}</td>" for v in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table class="tensor" data-tensor="{name}" data-values="{html.escape(exact)}">'
        f"<caption><code>{name}</code> <span>{shape}</span></caption><tbody>{body}</tbody></table>"
    )


def data(value: Any) -> str | None:
    """Return bytes as text for a script of the page, or None for any other value.

    Raises ValueError if they are not ASCII, or too many for a page.
    """
    if not isinstance(value, bytes):
        return None
    if len(value) > MAX_DATA:
        raise ValueError(f"{len(value)} bytes are too many for a page ({MAX_DATA} may be)")
    if not value.isascii():
        raise ValueError("data for a script has to be ASCII, such as json.dumps(...).encode()")
    return value.decode("ascii")
