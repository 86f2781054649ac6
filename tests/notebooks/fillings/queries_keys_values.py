# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    (
        "queries = w_query @ x",
        "queries has shape (4, 4); expected (3, 3): is the product the wrong way round?",
    ),
    ("queries = x @ w_key", "these are the keys"),
    ("queries = (x @ w_query).T", "rows and columns are swapped"),
    ("queries = x", "unchanged"),
    ("queries, keys = x @ w_query, w_key @ x", "keys has shape (4, 4); expected (3, 3)"),
    (
        "queries, keys, values = x @ w_query, x @ w_key, w_value @ x",
        "values has shape (4, 4); expected (3, 3)",
    ),
]
