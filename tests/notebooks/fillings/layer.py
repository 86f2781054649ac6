# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

REAL = "real = torch.arange(3) < lengths[:, None]\n"

WRONG = [
    ("real = torch.arange(3) >= lengths[:, None]", "not the padding"),
    ("real = torch.arange(3) <= lengths[:, None]", "Count from 0"),
    ("real = (torch.arange(3) < lengths[:, None]).T", "Examples go down"),
    (REAL + "mask = real", "two axes are missing"),
    (REAL + "mask = real[:, None, :]", "axis of the queries is missing"),
    (REAL + "mask = real[:, None, :, None]", "it hides queries"),
    (REAL + "mask = ~real[:, None, None, :]", "the other way round"),
]
