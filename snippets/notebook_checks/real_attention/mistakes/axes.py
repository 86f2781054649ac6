# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/axes
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch.nn.functional as F

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.axes import (
    agrees_with_pytorch,
    equal_values_come_back,
    scaled_by_d_k,
    softmax_over_keys,
)
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "softmax_over_keys": (
        "Which axis should add up to 1?",
        "The broken lines, with the softmax along the keys, the last axis.",
    ),
    "scaled_by_d_k": (
        "Which length do the dot products run over?",
        "The broken lines, with the root of the length of a key.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:softmax_fix] hidden
    rows = sample((5, 3), (7, 3), (7, 2))
    theirs = F.scaled_dot_product_attention(*rows)
    check_fix(softmax_over_keys, equal_values_come_back, rows, theirs)
    # --8<-- [end:softmax_fix]

    # --8<-- [start:scale_fix] hidden
    rows = sample((2, 5, 3), (2, 7, 3), (2, 7, 11))
    theirs = F.scaled_dot_product_attention(*rows)
    check_fix(scaled_by_d_k, agrees_with_pytorch, rows, theirs)
    # --8<-- [end:scale_fix]
