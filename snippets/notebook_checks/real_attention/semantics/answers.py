# SPDX-License-Identifier: MIT
# checks: real_attention/semantics/answers
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check as check_blank
from snippets.real_attention.semantics.answers import for_function, for_module, may_attend, to_add

HINTS = {
    "for_function": (
        "What does True mean for this function? The mask has a row for each of the 2 queries.",
        "True means: may attend. `may_attend` says it for the keys; `expand(2, -1)` repeats its "
        "row.",
    ),
    "for_module": (
        "What does True mean for the module?",
        "The opposite: ignore this key. `~` turns True and False around.",
    ),
    "to_add": (
        "Which number, added to a score, changes nothing, and which one hides a key?",
        "0 and `-torch.inf`. `torch.zeros(2, 3).masked_fill(where, number)` puts the number "
        "wherever `where` is True.",
    ),
}


def check_for_function(for_function, may_attend):
    shown = torch.stack([may_attend[0], may_attend[0]])
    mistakes = {
        "this is the opposite polarity. It shows padding and nothing else.": lambda: ~shown,
        "it is one row. The axes are queries and keys.": lambda: may_attend,
    }
    check_blank("for_function", for_function, shown, mistakes)


def check_for_module(for_module, may_attend):
    shown = torch.stack([may_attend[0], may_attend[0]])
    mistakes = {
        "this is the opposite polarity. The module would ignore all but padding.": lambda: shown,
        "it is one row. The axes are queries and keys.": lambda: ~may_attend,
    }
    check_blank("for_module", for_module, ~shown, mistakes)


def check_to_add(to_add, may_attend):
    shown = torch.stack([may_attend[0], may_attend[0]])
    hidden = torch.zeros(2, 3)
    hidden[~shown] = -torch.inf
    swapped = torch.zeros(2, 3)
    swapped[shown] = -torch.inf
    mistakes = {
        "ones and zeros are added to the scores like any numbers, and hide nothing.": lambda: (
            shown.float()
        ),
        "what is hidden and what is seen are the wrong way round.": lambda: swapped,
        "a large negative number is not yet nothing. Hide with infinity.": lambda: hidden.clamp(
            min=-1e9
        ),
    }
    check_blank("to_add", to_add, hidden, mistakes)


if __name__ == "__main__":
    # --8<-- [start:for_function] hidden
    check_for_function(for_function, may_attend)
    # --8<-- [end:for_function]

    # --8<-- [start:for_module] hidden
    check_for_module(for_module, may_attend)
    # --8<-- [end:for_module]

    # --8<-- [start:to_add] hidden
    check_to_add(to_add, may_attend)
    # --8<-- [end:to_add]
