# SPDX-License-Identifier: MIT
# checks: language_model/model
"""Hints and checks for the blank on RMSNorm in the hands-on notebook of this chapter."""

import torch

from snippets.language_model.model import rms_norm
from snippets.notebook_checks.blanks import call, check

HINTS = {
    "rms_norm": (
        "Each row should have a mean square of 1, and then each column its own size. Which axis "
        "is the row?",
        "Divide x by the root of the mean of its squares plus EPSILON: `mean(dim=-1, "
        "keepdim=True)` gives each row its mean. Then multiply by the gain.",
    ),
}


def check_rms_norm(rms_norm):
    """Try the function on a batch with different sizes, so that a wrong axis cannot pass."""
    x = torch.randn((2, 3, 5), generator=torch.Generator().manual_seed(0)) * 3 + 1
    gain = torch.arange(1.0, 6.0)
    right = torch.nn.functional.rms_norm(x, (5,), gain, eps=1e-5)
    ours = call(rms_norm, x, gain, given="a batch of shape (2, 3, 5)")
    mistakes = {
        "the gain is missing. Multiply each column by it.": lambda: right / gain,
        "this divides by the mean square. Take its root first.": lambda: (
            x / (x**2).mean(dim=-1, keepdim=True) * gain
        ),
        "the mean is gone. RMSNorm does not subtract it.": lambda: torch.nn.functional.layer_norm(
            x, (5,), gain
        ),
        "this divides by the length of the row. Take the mean of the squares, not their sum.": (
            lambda: x / x.norm(dim=-1, keepdim=True) * gain
        ),
    }
    check("what rms_norm returns", ours, right, mistakes)
    ours = call(rms_norm, x[0], gain, given="inputs of shape (3, 5), without a batch")
    check("without a batch, what rms_norm returns", ours, right[0], {})


if __name__ == "__main__":
    # --8<-- [start:rms_norm] hidden
    check_rms_norm(rms_norm)
    # --8<-- [end:rms_norm]
