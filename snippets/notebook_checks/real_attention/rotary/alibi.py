# SPDX-License-Identifier: MIT
# checks: real_attention/rotary/alibi
"""Hints and checks for the blanks on ALiBi in the hands-on notebook on rotary positions."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.rotary.alibi import alibi

HINTS = {
    "alibi.distances": (
        "How far is each key from each query? No distance is negative.",
        "`positions.unsqueeze(-1)` stands upright. Minus `positions` it gives a table, and `abs()` "
        "takes away the signs.",
    ),
    "alibi.return": (
        "What does each head add to the scores? The far keys should lose.",
        "Minus the slope, times the distance. `slopes(n_heads).view(-1, 1, 1)` gives each head an "
        "axis of its own, in front of queries and keys.",
    ),
}


def check_alibi(alibi):
    """Try four heads and five inputs."""
    steep = torch.tensor([2**-2, 2**-4, 2**-6, 2**-8])
    places = torch.tensor([0.0, 1, 2, 3, 4])
    ahead = places[None, :] - places[:, None]
    right = torch.einsum("h,qk->hqk", -steep, abs(ahead))
    ours = call(alibi, 4, 5, given="4 heads and 5 inputs")
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
