# SPDX-License-Identifier: MIT
# checks: real_attention/masking/causal
"""Hints and checks for the blank in the hands-on notebook on masking: the causal mask."""

import torch

from snippets.notebook_checks.blanks import NotYet, check
from snippets.real_attention.masking.causal import causal

HINTS = {
    "causal": (
        "Which keys may each query see? Think of a table with a row for each query.",
        "`torch.ones(3, 3, dtype=torch.bool)` is True everywhere. Its `tril()` keeps the diagonal"
        " and what is below.",
    ),
}


def check_causal(causal):
    places = torch.arange(3)
    query, key = places[:, None], places[None, :]
    mistakes = {
        "the past is hidden here, and the future is seen.": lambda: key >= query,
        "this lets a query attend to the future alone. Is it inverted?": lambda: key > query,
        "an input may attend to itself too. Keep the diagonal.": lambda: key < query,
        "nothing is hidden.": lambda: key < 3 + 0 * query,
    }
    if isinstance(causal, torch.Tensor) and causal.dtype != torch.bool:
        raise NotYet("causal holds numbers. This mask is of True and False: dtype=torch.bool.")
    check("causal", causal, key <= query, mistakes)


if __name__ == "__main__":
    # --8<-- [start:causal] hidden
    check_causal(causal)
    # --8<-- [end:causal]
