# SPDX-License-Identifier: MIT
# checks: language_model/same_layer
"""Hints and checks for the blank on turning in the hands-on notebook of this chapter."""

import torch

from snippets.language_model.model import BASE
from snippets.language_model.same_layer import turned
from snippets.notebook_checks.blanks import NotYet, call, check
from snippets.real_attention.rotary.rotary import rotate

HINTS = {
    "turned": (
        "Which of queries, keys and values does RoPE turn?",
        "Return two tensors, the queries and then the keys, each through `rotate`, with the "
        "positions and with BASE.",
    ),
}


def check_turned(turned):
    """Try more query heads than key heads, and positions that do not start at 0."""
    random = torch.Generator().manual_seed(0)
    queries = torch.randn((4, 3, 6), generator=random)
    keys = torch.randn((2, 3, 6), generator=random)
    positions = torch.tensor([5, 6, 7])
    given = "4 heads of queries, 2 heads of keys and 3 positions"
    ours = call(turned, queries, keys, positions, given=given)
    if not isinstance(ours, tuple) or len(ours) != 2:
        raise NotYet("turned has to return two tensors: the queries, then the keys.")
    for name, value, given in zip(("queries", "keys"), ours, (queries, keys), strict=True):
        right = rotate(given, positions, BASE)
        mistakes = {
            f"the {name} are not turned yet.": lambda given=given: given,
            "the base is that of the paper. Pass BASE as well.": lambda given=given: rotate(
                given, positions
            ),
            "they are at other positions. Pass the positions on.": lambda given=given: rotate(
                given, torch.arange(3), BASE
            ),
        }
        check(f"the turned {name}", value, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:layer_of] hidden
    check_turned(turned)
    # --8<-- [end:layer_of]
