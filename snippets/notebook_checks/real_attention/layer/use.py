# SPDX-License-Identifier: MIT
# checks: real_attention/layer/use
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.real_attention.layer.use import lengths, mask, real

HINTS = {
    "real": (
        "Which places of each example hold an input, and not padding?",
        "Compare the places of the keys, `torch.arange(3)`, with each length. `lengths[:, None]` "
        "gives each example a row.",
    ),
    "mask": (
        "The scores have the axes batch, heads, queries and keys. Which are missing in `real`?",
        "Heads and queries: `None` in square brackets makes an axis of length 1.",
    ),
}


def check_mask(real, mask, lengths):
    right = torch.stack([torch.arange(3) < length for length in lengths])
    check(
        "real",
        real,
        right,
        {
            "True must mark what is there, not the padding.": lambda: ~right,
            "a sequence of length 2 has 2 real places. Count from 0.": lambda: torch.stack(
                [torch.arange(3) <= length for length in lengths]
            ),
            "is it turned around? Examples go down, keys across.": lambda: right.T,
        },
    )
    check(
        "mask",
        mask,
        right.reshape(2, 1, 1, 3),
        {
            "the axis of the queries is missing, so examples would count as heads.": lambda: (
                right.reshape(2, 1, 3)
            ),
            "it hides queries. Padding is hidden from whoever looks, so on the keys.": lambda: (
                right.reshape(2, 1, 3, 1)
            ),
            "two axes are missing, for heads and queries.": lambda: right,
            "True = may attend; this is the other way round.": lambda: ~right.reshape(2, 1, 1, 3),
        },
    )


if __name__ == "__main__":
    # --8<-- [start:mask] hidden
    check_mask(real, mask, lengths)
    # --8<-- [end:mask]
