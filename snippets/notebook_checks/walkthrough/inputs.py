# SPDX-License-Identifier: MIT
# checks: walkthrough/inputs
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.walkthrough.inputs import equal_weights, mixes, x

HINTS = {
    "mixes": (
        "Blend the rows of `x` with the shares in each row of `equal_weights`.",
        "A matrix product, `@`, does all blends in one go. The shares stand on the left.",
    ),
}


def check_mixes(mixes, equal_weights, x):
    right = torch.einsum("ij,jd->id", equal_weights, x)
    mistakes = {
        "is the product the wrong way round? Rows of the result stand for inputs.": lambda: right.T,
        "this averages the numbers inside each input. Mix across the inputs.": lambda: x.mean(
            dim=-1
        ),
        "this is one average. Each input needs a row of its own.": lambda: x.mean(dim=0),
        "the inputs came back unmixed.": lambda: x,
    }
    check("mixes", mixes, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:equal_weights] hidden
    check_mixes(mixes, equal_weights, x)
    # --8<-- [end:equal_weights]
