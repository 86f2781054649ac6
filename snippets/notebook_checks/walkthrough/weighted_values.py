# SPDX-License-Identifier: MIT
# checks: walkthrough/weighted_values
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.queries_keys_values import values
from snippets.walkthrough.weighted_values import weighted_values

HINTS = {
    "weighted_values": (
        "Multiply each value by its weight, for every query. The result has three axes.",
        "`weights.unsqueeze(-1)` has the shape (queries, keys, 1). Each weight then meets all "
        "numbers of one value.",
    ),
}


def check_weighted_values(weighted_values, weights, values):
    right = torch.einsum("qk,kd->qkd", weights, values)
    mistakes = {
        "weights needs one more axis, so that each weight meets a whole value.": lambda: (
            values * weights
        ),
        "this is multiplied and added up at once. Keep every product here.": lambda: torch.einsum(
            "qk,kd->qd", weights, values
        ),
        "the new axis of weights is in the wrong place. Each weight must be repeated for all the "
        "numbers of one value.": lambda: values * weights.unsqueeze(1),
        "the new axis of weights is in the wrong place: before the queries.": lambda: (
            values * weights.unsqueeze(0)
        ),
        "the new axis belongs to weights, not to values.": lambda: values.unsqueeze(-1) * weights,
    }
    check("weighted_values", weighted_values, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:weighted_values] hidden
    check_weighted_values(weighted_values, weights, values)
    # --8<-- [end:weighted_values]
