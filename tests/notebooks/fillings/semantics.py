# SPDX-License-Identifier: MIT
"""What a reader may write wrongly in a blank, and words of the message that is meant for it."""

WRONG = [
    ("for_function = ~may_attend.expand(2, 3)", "opposite polarity"),
    ("for_function = may_attend", "one row"),
    ("for_module = may_attend.expand(2, 3)", "opposite polarity"),
    ("for_module = ~may_attend", "one row"),
    ("to_add = may_attend.expand(2, 3).float()", "hide nothing"),
    ("to_add = torch.zeros(2, 3).masked_fill(may_attend, -torch.inf)", "wrong way round"),
    ("to_add = torch.zeros(2, 3).masked_fill(~may_attend, -1e9)", "not yet nothing"),
]
