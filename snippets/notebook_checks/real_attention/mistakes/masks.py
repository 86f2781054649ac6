# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/masks
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch.nn.functional as F

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.masks import masked_before_softmax, the_future_does_not_leak
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "masked_before_softmax": (
        "When is it too late to hide a key?",
        "Fill what may not be seen with minus infinity first, then take the softmax.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:after_fix] hidden
    rows = sample((5, 3), (5, 3), (5, 2))
    theirs = F.scaled_dot_product_attention(*rows, is_causal=True)
    check_fix(masked_before_softmax, the_future_does_not_leak, rows, theirs)
    # --8<-- [end:after_fix]
