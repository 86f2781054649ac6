# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("weighted_values = values * weights", "needs one more axis"),
    ("weighted_values = weights @ values", "Keep every product"),
    ("weighted_values = values * weights.unsqueeze(1)", "in the wrong place"),
    ("weighted_values = values * weights.unsqueeze(0)", "before the queries"),
    ("weighted_values = values.unsqueeze(-1) * weights", "not to values"),
]
