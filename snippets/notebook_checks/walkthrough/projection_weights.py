# SPDX-License-Identifier: MIT
# checks: walkthrough/projection_weights
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import one_role_scores

HINTS = {
    "one_role_scores": (
        "Compare every word with every word, by dot products of the inputs themselves.",
        "A matrix product meets rows on the left with columns on the right. So one of the two `x` "
        "must be transposed: `.T` makes its rows columns.",
    ),
}


def check_one_role_scores(one_role_scores, x):
    right = torch.einsum("id,jd->ij", x, x)
    mistakes = {
        "is the product the wrong way round? The axis of length d_model must drop out.": lambda: (
            torch.einsum("ia,ib->ab", x, x)
        ),
        "the products are there. A dot product also adds them up.": lambda: x * x,
        "this compares each input with itself only.": lambda: (x * x).sum(dim=-1),
    }
    check("one_role_scores", one_role_scores, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:one_role] hidden
    check_one_role_scores(one_role_scores, x)
    # --8<-- [end:one_role]
