# SPDX-License-Identifier: MIT
# checks: language_model/windows_and_sinks/window
"""Hints and checks for the blank on the mask in the hands-on notebook on windows."""

from snippets.language_model.windows_and_sinks.window import steps_back, window
from snippets.notebook_checks.blanks import NotYet, check

HINTS = {
    "window": "a key may be seen if it is not ahead of the query, and fewer steps back than width",
}


def check_window(window):
    """Try four queries that come after two cached keys."""
    back = steps_back(4, 6)
    try:
        ours = window(4, 6, 3)
    except (RuntimeError, TypeError, NameError) as error:
        raise NotYet(f"window does not run: {error}") from None
    if ours is None:
        raise NotYet("window returns nothing: it is still a blank, or its return is missing.")
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
