# SPDX-License-Identifier: MIT
# checks: language_model/windows_and_sinks/window
"""Hints and checks for the blank on the mask in the hands-on notebook on windows."""

from snippets.language_model.windows_and_sinks.window import steps_back, window
from snippets.notebook_checks.blanks import call, check

HINTS = {
    "window": "a key may be seen if it is not ahead of the query, and fewer steps back than width",
}


def check_window(window):
    """Try four queries that come after two cached keys."""
    back = steps_back(4, 6)
    ours = call(window, 4, 6, 3, given="4 queries, 6 keys and a width of 3")
    mistakes = {
        "it sees one key too many. The query's own key counts, too.": lambda: (
            (back >= 0) & (back <= 3)
        ),
        "it sees the future.": lambda: back < 3,
        "it has no end: a query sees all keys before it.": lambda: back >= 0,
        "no query sees its own key.": lambda: (back > 0) & (back < 3),
        "True and False changed places.": lambda: (back < 0) | (back >= 3),
    }
    check("what window returns", ours, (back >= 0) & (back < 3), mistakes)


if __name__ == "__main__":
    # --8<-- [start:window] hidden
    check_window(window)
    # --8<-- [end:window]
