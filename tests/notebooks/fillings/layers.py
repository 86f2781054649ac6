# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

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
