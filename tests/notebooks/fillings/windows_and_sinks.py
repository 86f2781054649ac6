# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def window(n_queries, n_keys, width):\n    back = steps_back(n_queries, n_keys)\n"

WRONG = [
    (HEAD + "    pass", "window returns nothing"),
    (HEAD + "    return steps", "a name that is not defined: steps"),
    (HEAD + "    return [back][1] < width", "4 queries, 6 keys and a width of 3"),
    (HEAD + "    return (back >= 0) & (back <= width)", "one key too many"),
    (HEAD + "    return back < width", "sees the future"),
    (HEAD + "    return back >= 0", "it has no end"),
    (HEAD + "    return (back > 0) & (back < width)", "its own key"),
    (HEAD + "    return ~((back >= 0) & (back < width))", "changed places"),
]
