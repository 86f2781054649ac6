# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

WRONG = [
    ("mixes = x.T @ equal_weights", "the product the wrong way round"),
    ("mixes = x.mean(dim=-1)", "numbers inside each input"),
    ("mixes = x.mean(dim=0)", "a row of its own"),
    ("mixes = x", "unmixed"),
    ("mixes = 2 * equal_weights @ x", "not yet the right numbers"),
    ("mixes = [1, 2, 3]", "not a tensor"),
]
