# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("for_function = ~may_attend.expand(2, 3)", "opposite polarity"),
    ("for_function = may_attend", "one row"),
    ("for_module = may_attend.expand(2, 3)", "opposite polarity"),
    ("for_module = ~may_attend", "one row"),
    ("to_add = may_attend.expand(2, 3).float()", "hide nothing"),
    ("to_add = torch.zeros(2, 3).masked_fill(may_attend, -torch.inf)", "wrong way round"),
    ("to_add = torch.zeros(2, 3).masked_fill(~may_attend, -1e9)", "not yet nothing"),
]
