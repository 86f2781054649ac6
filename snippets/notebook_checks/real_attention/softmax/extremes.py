# SPDX-License-Identifier: MIT
# checks: real_attention/softmax/extremes
"""Hints and checks for the blanks in the hands-on notebook of the chapter on the softmax."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.real_attention.scaling.attention import scaled_scores
from snippets.real_attention.softmax.extremes import hidden_scores

HINTS = {
    "hidden_scores": (
        "Which score gets a weight of exactly 0? Give it to key 3, for every query.",
        "`masked_fill(where, number)` puts the number wherever `where` is True: here `key_3`.",
    ),
}


def check_hidden_scores(hidden_scores, scaled_scores):
    third = torch.arange(3) == 2  # True for the last of three keys

    def filled(where, value=-torch.inf):
        return scaled_scores.masked_fill(where, value)

    mistakes = {
        "key 3 is left and the others are hidden. Is something turned around?": lambda: filled(
            ~third
        ),
        "query 3 is hidden, a row. Key 3 is a column.": lambda: filled(third.unsqueeze(-1)),
        "a score of 0 hides nothing: e to the 0 is 1.": lambda: filled(third, 0),
        "the infinity is positive, which would take the whole weight.": lambda: filled(
            third, torch.inf
        ),
        "a very low number is no infinity: in float16 it does not even fit.": lambda: filled(
            third, -1e9
        ),
        "no key is hidden yet.": lambda: scaled_scores,
    }
    check("hidden_scores", hidden_scores, filled(third), mistakes)


if __name__ == "__main__":
    # --8<-- [start:hidden] hidden
    check_hidden_scores(hidden_scores, scaled_scores)
    # --8<-- [end:hidden]
