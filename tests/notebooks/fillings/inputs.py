# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("mixes = x.T @ equal_weights", "the product the wrong way round"),
    ("mixes = x.mean(dim=-1)", "numbers inside each input"),
    ("mixes = x.mean(dim=0)", "a row of its own"),
    ("mixes = x", "unmixed"),
    ("mixes = 2 * equal_weights @ x", "not yet the right numbers"),
    ("mixes = [1, 2, 3]", "not a tensor"),
]
