# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""


def attention(scores, result="scores.softmax(dim=-1) @ values"):
    """Return an answer with these scores and this result."""
    return f"def attention(queries, keys, values):\n    scores = {scores}\n    return {result}"


SCALED = "queries @ keys.transpose(-2, -1) / keys.shape[-1] ** 0.5"

WRONG = [
    (attention("queries @ keys.T / keys.shape[-1] ** 0.5"), "an axis counted from the wrong end"),
    (
        attention("queries @ keys.transpose(0, 1) / keys.shape[-1] ** 0.5"),
        "11, on a batch: sizes do not fit",
    ),
    (
        attention("queries @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5"),
        "11, with two leading axes: sizes do not fit",
    ),
    (attention("queries @ keys.transpose(-2, -1)"), "not scaled"),
    (attention("queries @ keys.transpose(-2, -1) / keys.shape[-1]"), "the root is missing"),
    (attention("queries @ keys.transpose(-2, -1) / keys.shape[-2] ** 0.5"), "another length"),
    (attention(SCALED, "scores.softmax(dim=-2) @ values"), "ran over the queries"),
    (attention(SCALED, "scores.softmax(dim=0) @ values"), "sequences were mixed"),
    (attention(SCALED, "scores @ values"), "no softmax"),
    (attention(SCALED, "scores.softmax(dim=-1)"), "these are the weights"),
    (attention(SCALED, "None"), "returns nothing"),
    ('scores = torch.einsum("...qd,...dk->...qk", queries, keys)', "the columns of keys"),
    ('scores = torch.einsum("...qd,...qd->...q", queries, keys)', "a letter of their own"),
    ('scores = torch.einsum("bqd,bkd->qk", queries, keys)', "summed away"),
    ('scores = torch.einsum("...qd,...kd->...qkd", queries, keys)', "nothing was summed"),
]
