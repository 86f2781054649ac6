# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/sizes
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch.nn.functional as F

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.run import sample
from snippets.real_attention.mistakes.sizes import (
    aligned_at_the_end,
    groups_agree_with_pytorch,
    interleaved,
    steps_agree_with_the_whole,
)

HINTS = {
    "interleaved": (
        "Which query heads share a key head: neighbors, or every second one?",
        "Neighbors. `repeat_interleave` repeats each key head beside itself.",
    ),
    "aligned_at_the_end": (
        "The queries are the last ones. Which key should the last query see at the end?",
        "Build the mask: the last query sees the last key, so the triangle moves right by the "
        "number of keys that are more than queries.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:groups_fix] hidden
    grouped = sample((2, 6, 5, 3), (2, 3, 7, 3), (2, 3, 7, 11))
    theirs = F.scaled_dot_product_attention(*grouped, enable_gqa=True)
    check_fix(interleaved, groups_agree_with_pytorch, grouped, theirs)
    # --8<-- [end:groups_fix]

    # --8<-- [start:unequal_fix] hidden
    rows = sample((7, 3), (7, 3), (7, 2))
    theirs = F.scaled_dot_product_attention(*rows, is_causal=True)[-3:]
    last = (rows[0][-3:], *rows[1:])
    check_fix(aligned_at_the_end, steps_agree_with_the_whole, last, theirs)
    # --8<-- [end:unequal_fix]
