# SPDX-License-Identifier: MIT
# checks: real_attention/masking/padding
"""Hints and checks for the blank in the hands-on notebook on masking: the padding mask."""

from snippets.notebook_checks.blanks import check
from snippets.real_attention.masking.padding import exists, padding

HINTS = {
    "padding": (
        "`exists` has the axes batch and keys. Which axis is missing, and where?",
        "`unsqueeze(place)` gives it an axis of size 1. It stands for the queries, which come "
        "before the keys.",
    ),
}


def check_padding(padding, exists):
    mistakes = {
        "the new axis came last. Then the mask is about queries, and hides no key.": lambda: (
            exists.unsqueeze(-1)
        ),
        "the new axis came first. The batch must stay there.": lambda: exists.unsqueeze(0),
        "an axis for the queries is missing. Without it, sequences pass for queries.": lambda: (
            exists
        ),
        "True means: may attend. Is it inverted?": lambda: ~exists.unsqueeze(-2),
    }
    check("padding", padding, exists[:, None, :], mistakes)


if __name__ == "__main__":
    # --8<-- [start:padding] hidden
    check_padding(padding, exists)
    # --8<-- [end:padding]
