# SPDX-License-Identifier: MIT
# folded
"""Reports of attention_check on the attentions of the page."""

import textwrap

from snippets.check_your_attention.attentions import off_by_one, right, wrong_axis
from snippets.take_along.attention_check import MISTAKES, check

ATTENTIONS = {"axis": wrong_axis, "causal": off_by_one, "right": right}


def report(name):
    """Return the lines that the command prints, wrapped to fit the page."""
    lines = str(check(ATTENTIONS[name])).splitlines()
    return "\n".join(fold(line) for line in lines)


def fold(line):
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(line, 76, subsequent_indent=indent, break_long_words=False)


n_mistakes = len(MISTAKES)  # mistakes with a name
