# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/heads
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.heads import (
    fresh_heads_merge,
    heads_make_the_whole,
    merge_by_reshape,
    split_by_view,
)
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "split_by_view": (
        "Whose numbers should a head have? Cut each token first.",
        "`view` cuts the last axis in two, heads first. Then transpose tokens and heads.",
    ),
    "merge_by_reshape": (
        "`view` cannot read the numbers in another order. Which call copies them if it must?",
        "The broken lines, with `reshape`.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:split_fix] hidden
    [five] = sample((5, 6))
    parts = torch.stack(five.chunk(3, dim=-1))
    check_fix(split_by_view, heads_make_the_whole, (five, 3), parts)
    # --8<-- [end:split_fix]

    # --8<-- [start:view_fix] hidden
    [parts] = sample((3, 5, 2))
    check_fix(merge_by_reshape, fresh_heads_merge, (parts,), torch.cat(list(parts), dim=-1))
    # --8<-- [end:view_fix]
