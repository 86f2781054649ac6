# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = (
    "def one_per_query_head(grouped, query):\n"
    "    share = query.shape[-3] // grouped.shape[-3]\n    "
)

WRONG = [
    (HEAD + "return torch.cat([grouped] * share, dim=-3)", "like cards"),
    (HEAD + "return grouped", "came back as they were"),
    (HEAD + "return grouped.repeat_interleave(share, dim=-2)", "not the heads"),
    (HEAD + "return grouped.repeat_interleave(share, dim=1)", "expected (6, 5, 3)"),
    (HEAD + "return grouped.repeat_interleave(share)", "has shape"),
    (HEAD + "grouped.repeat_interleave(share, dim=-3)", "return is missing"),
]
