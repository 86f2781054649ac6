# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    (
        "def softmax_over_keys(queries, keys, values):\n"
        "    scores = queries @ keys.T / keys.shape[-1] ** 0.5\n"
        "    return scores.softmax(dim=0) @ values",
        "values of 1 did not give 1",
    ),
    (
        "def softmax_over_keys(queries, keys, values):\n"
        "    return (queries @ keys.T).softmax(dim=-1) @ values",
        "passes its test, but PyTorch computes something else",
    ),
    (
        "def softmax_over_keys(queries, keys, values):\n    return queries @ keys @ values",
        "does not run",
    ),
    (
        "def scaled_by_d_k(queries, keys, values):\n"
        "    scores = queries @ keys.transpose(-2, -1) / keys.shape[-1]\n"
        "    return scores.softmax(dim=-1) @ values",
        "PyTorch differs",
    ),
]
