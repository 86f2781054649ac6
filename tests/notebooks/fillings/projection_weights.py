# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("one_role_scores = x.T @ x", "(4, 4); expected (3, 3): is the product the wrong way"),
    ("one_role_scores = x * x", "also adds them up"),
    ("one_role_scores = (x * x).sum(dim=-1)", "with itself only"),
]
