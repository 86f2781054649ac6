# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    (
        "def split_by_view(x, n_heads):\n    return x.view(n_heads, len(x), -1)",
        "rows are no longer tokens",
    ),
    (
        "def merge_by_reshape(heads):\n    return heads.reshape(heads.shape[1], -1)",
        "rows are no longer tokens",
    ),
    (
        "def merge_by_reshape(heads):\n    return heads.transpose(0, 1).view(heads.shape[1], -1)",
        "after a transpose, view cannot read",
    ),
    (
        "def merged_by_token(heads):\n    return heads.flatten(2)",
        "a row should hold all heads of one token",
    ),
    (
        "def merged_by_token(heads):\n    return heads.reshape(len(heads), heads.shape[2], -1)",
        "a row should hold all heads of one token",
    ),
]
