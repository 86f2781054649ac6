# SPDX-License-Identifier: MIT
# checks: real_attention/trained_head/reverse
"""Hints and checks for the blank on the mirrored weights in the hands-on notebook."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.trained_head.reverse import mirrored

HINTS = {
    "mirrored": (
        "Query 1 should look at the last key, query 2 at the last but one, and so on. Where in the "
        "table is that?",
        "On the diagonal from the top right. `flip(-1)` turns the keys around, and then it is the "
        "main one: `diagonal(dim1=-2, dim2=-1)`. Return its mean as a number, with `item()`.",
    ),
}


def check_mirrored(mirrored):
    """Try weights that are not symmetric, with and without a batch."""
    weights = torch.randn((3, 5, 5), generator=torch.Generator().manual_seed(0)).softmax(dim=-1)
    right = torch.stack([weights[:, i, 4 - i] for i in range(5)]).mean()
    ours = call(mirrored, weights, given="weights of shape (3, 5, 5)")
    mistakes = {
        "this is what a query gives to its own key.": lambda: torch.stack(
            [weights[:, i, i] for i in range(5)]
        ).mean(),
        "this is the sum. Take the mean.": lambda: 15 * right,
        "this is the mean of all weights, which is the same for every head. Take a diagonal, "
        "with dim1=-2 and dim2=-1.": weights.mean,
    }
    check("what mirrored returns", torch.as_tensor(ours), right, mistakes)
    ours = call(mirrored, weights[0], given="weights of shape (5, 5), without a batch")
    right = torch.stack([weights[0, i, 4 - i] for i in range(5)]).mean()
    check("without a batch, what mirrored returns", torch.as_tensor(ours), right, {})


if __name__ == "__main__":
    # --8<-- [start:mirrored] hidden
    check_mirrored(mirrored)
    # --8<-- [end:mirrored]
