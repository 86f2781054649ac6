# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/empty_rows
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch
import torch.nn.functional as F

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.empty_rows import (
    a_query_without_keys_gets_zeros,
    minus_infinity,
    what_is_masked_does_not_matter,
    zeros_for_empty_rows,
)
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "minus_infinity": (
        "Which score leaves no weight at all, whatever the others are?",
        "The broken lines, with minus infinity: `-torch.inf`.",
    ),
    "zeros_for_empty_rows": (
        "A query may see no key. What should its weights be?",
        "Weights as before, then 0 where no key of a row is allowed: "
        "`allowed.any(dim=-1, keepdim=True)` says which rows have one.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:large_fix] hidden
    rows = sample((5, 3), (7, 3), (7, 2))
    some = torch.ones(5, 7, dtype=torch.bool).tril(diagonal=1)
    theirs = F.scaled_dot_product_attention(*rows, attn_mask=some)
    check_fix(minus_infinity, what_is_masked_does_not_matter, (*rows, some), theirs)
    # --8<-- [end:large_fix]

    # --8<-- [start:empty_fix] hidden
    rows = sample((5, 3), (7, 3), (7, 2))
    some = torch.ones(5, 7, dtype=torch.bool).tril(diagonal=-1)
    theirs = F.scaled_dot_product_attention(*rows, attn_mask=some)
    check_fix(zeros_for_empty_rows, a_query_without_keys_gets_zeros, (*rows, some), theirs)
    # --8<-- [end:empty_fix]
