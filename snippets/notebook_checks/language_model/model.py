# SPDX-License-Identifier: MIT
# checks: language_model/model
"""Hints and checks for the blank on RMSNorm in the hands-on notebook of this chapter."""

import torch

from snippets.language_model.model import rms_norm
from snippets.notebook_checks.blanks import NotYet, check

HINTS = {
    "rms_norm": "divide x by the root of the mean of its squares plus EPSILON, where dim=-1 and "
    "keepdim=True give each row its mean; then multiply by the gain",
}


def check_rms_norm(rms_norm):
    """Tries it on a batch whose sizes are all different, so that a wrong axis cannot pass."""
    x = torch.randn((2, 3, 5), generator=torch.Generator().manual_seed(0)) * 3 + 1
    gain = torch.arange(1.0, 6.0)
    right = torch.nn.functional.rms_norm(x, (5,), gain, eps=1e-5)
    try:
        ours = rms_norm(x, gain)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise NotYet(f"rms_norm does not run on a batch of shape (2, 3, 5): {error}") from None
    if ours is None:
        raise NotYet("rms_norm returns nothing: it is still a blank, or its return is missing.")
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


if __name__ == "__main__":
    # --8<-- [start:rms_norm] hidden
    check_rms_norm(rms_norm)
    # --8<-- [end:rms_norm]
