# SPDX-License-Identifier: MIT
# checks: real_attention/rotary/alibi
"""Hints and checks for the blanks on ALiBi in the hands-on notebook on rotary positions."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.rotary.alibi import alibi

HINTS = {
    "alibi": "minus the slope of each head, times the distance of each query and key",
}


def check_alibi(alibi):
    """Tries it on four heads and five inputs."""
    steep = torch.tensor([2**-2, 2**-4, 2**-6, 2**-8])
    places = torch.tensor([0.0, 1, 2, 3, 4])
    ahead = places[None, :] - places[:, None]
    right = torch.einsum("h,qk->hqk", -steep, abs(ahead))
    try:
        ours = alibi(4, 5)
    except (RuntimeError, TypeError, IndexError):
        raise NotYet(
            "alibi does not run with 4 heads and 5 inputs: sizes do not fit. Slopes need two more "
            "axes, so that each meets the distances of all queries and keys."
        ) from None
    if ours is None:
        raise NotYet("alibi returns nothing: its body is still a blank, or its return is missing.")
    mistakes = {
        "distant keys are favored. A bias takes away.": lambda: -right,
        "a distance is not negative: keys ahead are favored.": lambda: torch.einsum(
            "h,qk->hqk", steep, ahead
        ),
        "a distance is not negative: keys behind are favored.": lambda: torch.einsum(
            "h,qk->hqk", -steep, ahead
        ),
        "these are minus the distances. Each head has a slope for them.": lambda: -abs(ahead),
        "these are the distances. Each head has a slope for them, and a minus.": lambda: abs(ahead),
        "the axis of the heads comes first.": lambda: right.permute(1, 2, 0),
    }
    check("what alibi returns", ours, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:alibi] hidden
    check_alibi(alibi)
    # --8<-- [end:alibi]
