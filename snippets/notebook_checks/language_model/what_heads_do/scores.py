# SPDX-License-Identifier: MIT
# checks: language_model/what_heads_do/scores
"""Hints and checks for the blank on induction in the hands-on notebook."""

import torch

from snippets.language_model.what_heads_do.scores import induction
from snippets.notebook_checks.blanks import call, check

HINTS = {
    "induction": (
        "From query i, at which key stands the token that followed the earlier copy?",
        "At key i - half + 1. Take this `diagonal` of the last two axes, leave out its first two "
        "entries, and return the mean over the last axis.",
    ),
}


def check_induction(induction):
    """Try weights without a causal mask, so that a wrong diagonal is not 0."""
    maps = torch.randn((2, 3, 10, 10), generator=torch.Generator().manual_seed(0)).softmax(dim=-1)
    right = torch.stack([maps[..., i, i - 4] for i in range(6, 10)]).mean(dim=0)
    ours = call(induction, maps, given="maps of shape (2, 3, 10, 10)")
    mistakes = {
        "this is the earlier copy itself. Its follower is one further.": lambda: torch.stack(
            [maps[..., i, i - 5] for i in range(6, 10)]
        ).mean(dim=0),
        "the first two entries of the diagonal do not count.": lambda: torch.stack(
            [maps[..., i, i - 4] for i in range(4, 10)]
        ).mean(dim=0),
    }
    check("what induction returns", torch.as_tensor(ours), right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:induction] hidden
    check_induction(induction)
    # --8<-- [end:induction]
