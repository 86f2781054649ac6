# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    (
        "def batch_first(d_model, n_heads):\n    return nn.MultiheadAttention(d_model, n_heads)",
        "the others changed it",
    ),
    (
        "def batch_first(d_model, n_heads):\n    return nn.Linear(d_model, n_heads)",
        "expected nn.MultiheadAttention",
    ),
]
