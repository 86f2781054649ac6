# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/polarity
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch
import torch.nn.functional as F
from torch import nn

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.polarity import (
    inverted_mask,
    the_first_query_sees_itself_alone,
    the_layer_sees_no_future,
    true_where_zero,
)
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "true_where_zero": (
        "Which places may be seen, if the mask to add is 0 there?",
        "The mask to add stays as it was. The boolean one is True where it is 0.",
    ),
    "inverted_mask": (
        "What does True mean for this layer?",
        "It wants True where a query may not attend, so turn the mask around with `~`.",
    ),
}

if __name__ == "__main__":
    # --8<-- [start:inverted_fix] hidden
    rows = sample((5, 3), (5, 3), (5, 2))
    theirs = F.scaled_dot_product_attention(*rows, is_causal=True)
    check_fix(true_where_zero, the_first_query_sees_itself_alone, rows, theirs)
    # --8<-- [end:inverted_fix]

    # --8<-- [start:polarity_fix] hidden
    torch.manual_seed(0)
    two_heads, [five] = nn.MultiheadAttention(6, num_heads=2), sample((5, 6))
    blocked = torch.full((5, 5), -torch.inf).triu(diagonal=1)
    theirs = two_heads(five, five, five, attn_mask=blocked)[0]
    check_fix(inverted_mask, the_layer_sees_no_future, (two_heads, five), theirs)
    # --8<-- [end:polarity_fix]
