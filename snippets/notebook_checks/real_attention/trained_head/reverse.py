# SPDX-License-Identifier: MIT
# checks: real_attention/trained_head/reverse
"""Hints and checks for the blank on the mirrored weights in the hands-on notebook."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.trained_head.reverse import mirrored

HINTS = {
    "mirrored": "turn the keys around with flip(-1), and the weights in question stand on the "
    "diagonal of the last two axes; return their mean as a number, with item()",
}


def check_mirrored(mirrored):
    """Tries it on weights that are not symmetric, in a batch."""
    weights = torch.randn((3, 5, 5), generator=torch.Generator().manual_seed(0)).softmax(dim=-1)
    right = torch.stack([weights[:, i, 4 - i] for i in range(5)]).mean()
    try:
        ours = mirrored(weights)
    except (RuntimeError, TypeError, AttributeError, IndexError) as error:
        raise NotYet(f"mirrored does not run on weights of shape (3, 5, 5): {error}") from None
    if ours is None:
        raise NotYet("mirrored returns nothing: it is still a blank, or its return is missing.")
    mistakes = {
        "this is what a query gives to its own key.": lambda: torch.stack(
            [weights[:, i, i] for i in range(5)]
        ).mean(),
        "this is the sum. Take the mean.": lambda: 15 * right,
        "this is the mean of all weights, which is the same for every head. Take a diagonal, "
        "with dim1=-2 and dim2=-1.": weights.mean,
    }
    check("what mirrored returns", torch.as_tensor(ours), right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:mirrored] hidden
    check_mirrored(mirrored)
    # --8<-- [end:mirrored]
