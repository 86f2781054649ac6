# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

WRONG = [
    ("one_role_scores = x.T @ x", "(4, 4); expected (3, 3): is the product the wrong way"),
    ("one_role_scores = x * x", "also adds them up"),
    ("one_role_scores = (x * x).sum(dim=-1)", "with itself only"),
]
