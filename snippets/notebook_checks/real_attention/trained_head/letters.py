# SPDX-License-Identifier: MIT
# checks: real_attention/trained_head/letters
"""Hints and checks for the blank on the previous letter in the hands-on notebook."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.trained_head.letters import previous

HINTS = {
    "previous.return": (
        "Where in the table of weights does each query look at the key just before it?",
        "On the diagonal just below the main one: `diagonal(offset=-1, dim1=-2, dim2=-1)`. Return"
        " its mean as a plain number, with `item()`.",
    ),
}


def check_previous(previous):
    """Try weights without a causal mask, so that the wrong diagonal is not 0."""
    weights = torch.randn((3, 5, 5), generator=torch.Generator().manual_seed(0)).softmax(dim=-1)
    right = torch.stack([weights[:, i, i - 1] for i in range(1, 5)]).mean()
    ours = call(previous, weights, given="weights of shape (3, 5, 5)")
    mistakes = {
        "this is the key after each query. Which sign has the offset?": lambda: torch.stack(
            [weights[:, i, i + 1] for i in range(4)]
        ).mean(),
        "this is what a query gives to its own key.": lambda: torch.stack(
            [weights[:, i, i] for i in range(5)]
        ).mean(),
        "the diagonal runs over the batch. Name its axes: dim1=-2, dim2=-1.": lambda: (
            weights.diagonal(offset=-1).mean()
        ),
    }
    check("what previous returns", torch.as_tensor(ours), right, mistakes)
    ours = call(previous, weights[0], given="weights of shape (5, 5), without a batch")
    right = torch.stack([weights[0, i, i - 1] for i in range(1, 5)]).mean()
    check("without a batch, what previous returns", torch.as_tensor(ours), right, {})


if __name__ == "__main__":
    # --8<-- [start:previous] hidden
    check_previous(previous)
    # --8<-- [end:previous]
