# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

WRONG = [
    ("weighted_values = values * weights", "needs one more axis"),
    ("weighted_values = weights @ values", "Keep every product"),
    ("weighted_values = values * weights.unsqueeze(1)", "in the wrong place"),
    ("weighted_values = values * weights.unsqueeze(0)", "before the queries"),
    ("weighted_values = values.unsqueeze(-1) * weights", "not to values"),
]
