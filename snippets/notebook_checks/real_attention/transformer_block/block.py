# SPDX-License-Identifier: MIT
# checks: real_attention/transformer_block/block
"""Hints and checks for the blank on normalization in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.transformer_block.block import normalized

HINTS = {
    "normalized": (
        "Each row should have a mean of 0 and a standard deviation of 1. Over which axis?",
        "`mean(dim=-1, keepdim=True)` gives each row its mean. Subtract it. Then divide by the "
        "root of the mean of the squares, to which 1e-5 is added.",
    ),
}


def check_normalized(normalized):
    """Try the function on a batch with different sizes, so that a wrong axis cannot pass."""
    x = torch.randn((2, 3, 5), generator=torch.Generator().manual_seed(0)) * 3 + 1
    right = torch.nn.functional.layer_norm(x, (5,))
    centered = x - x.mean(dim=-1, keepdim=True)
    advice = "Is a keepdim=True missing?"
    ours = call(normalized, x, given="a batch of shape (2, 3, 5)", advice=advice)
    mistakes = {
        "each row is centered. Divide it by its standard deviation, too.": lambda: centered,
        "this divides by the variance. Take its root first.": lambda: (
            centered / (centered**2).mean(dim=-1, keepdim=True)
        ),
        "this takes the mean over words. Each word is normalized alone, over its own numbers.": (
            lambda: (
                (x - x.mean(dim=-2, keepdim=True))
                / (x.var(dim=-2, keepdim=True, correction=0) + 1e-5).sqrt()
            )
        ),
        "this divides by n - 1 inside the variance. Here it is the plain mean.": lambda: (
            centered / (x.var(dim=-1, keepdim=True) + 1e-5).sqrt()
        ),
        "this takes one mean of all numbers. Each row needs its own: name an axis.": lambda: (
            (x - x.mean()) / x.std()
        ),
        "this divides by the length of a row. Take the mean of the squares, not their sum.": (
            lambda: centered / centered.norm(dim=-1, keepdim=True)
        ),
        "the mean is still in. Subtract it first.": lambda: (
            x / (x.var(dim=-1, keepdim=True, correction=0) + 1e-5).sqrt()
        ),
    }
    check("what normalized returns", ours, right, mistakes)
    ours = call(normalized, x[0], given="inputs of shape (3, 5), without a batch")
    check("without a batch, what normalized returns", ours, right[0], {})


if __name__ == "__main__":
    # --8<-- [start:normalized] hidden
    check_normalized(normalized)
    # --8<-- [end:normalized]
