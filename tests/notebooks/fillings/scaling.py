# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""


def attention(scores, outputs="weights @ values", weights="scores.softmax(dim=-1)"):
    """Return the function with these right-hand sides."""
    return (
        "def attention(queries, keys, values):\n"
        f"    scores = {scores}\n"
        f"    weights = {weights}\n"
        f"    return {outputs}"
    )


WRONG = [
    ("scaled_scores = scores", "the scale is missing"),
    ("scaled_scores = scores / 4**0.5", "the root of d_model"),
    ("scaled_scores = scores / 3", "Take its square root"),
    ("scaled_scores = scores * 3**0.5", "multiplied"),
    ("scaled_scores = (scores / 3**0.5).softmax(dim=-1)", "weights already"),
    (attention("queries @ keys.T"), "the scale is missing"),
    (attention("queries @ keys.T / 4**0.5"), "the root of d_model"),
    (attention("queries @ keys.T / 3**0.5"), "fits the example alone"),
    (attention("queries @ keys.T / keys.shape[-1]"), "Take its square root"),
    (attention("queries @ keys.T / len(queries) ** 0.5"), "number of queries"),
    (attention("queries @ keys.T / len(keys) ** 0.5"), "number of keys"),
    (attention("queries @ keys.T / values.shape[-1] ** 0.5"), "root of d_v"),
    (attention("queries @ keys.T * keys.shape[-1] ** 0.5"), "multiplied"),
    (
        attention("queries @ keys.T", "weights / keys.shape[-1] ** 0.5 @ values"),
        "the weights are scaled",
    ),
    (attention("queries @ keys.T / keys.shape[-1] ** 0.5", weights="scores"), "no softmax"),
    (
        attention("queries @ keys.T / keys.shape[-1] ** 0.5", weights="scores.softmax(dim=0)"),
        "ran over the queries",
    ),
    (attention("queries @ keys.T / keys.shape[-1] ** 0.5", "weights"), "These are the weights"),
    (attention("queries @ keys / keys.shape[-1] ** 0.5"), "sizes do not fit"),
]
