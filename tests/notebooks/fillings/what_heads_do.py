# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def induction(maps):\n    half = maps.shape[-1] // 2\n"

WRONG = [
    (HEAD + "    pass", "induction returns nothing"),
    (HEAD + "    return maps.diagonal(1 - half).mean(-1)", "expected (2, 3)"),
    (
        HEAD + "    return maps.diagonal(-half, dim1=-2, dim2=-1)[..., 1:].mean(-1)",
        "the earlier copy itself",
    ),
    (
        HEAD + "    return maps.diagonal(1 - half, dim1=-2, dim2=-1).mean(-1)",
        "the first two entries",
    ),
]
