# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def self_attention(x, w_query, w_key, w_value):\n    "

WRONG = [
    (HEAD + "return weights @ values", "uses values and weights from outside"),
    (
        HEAD + "ours = (x @ w_query @ (x @ w_key).T).softmax(dim=-1)\n"
        "    return (lambda shares: shares @ values)(ours)",
        "uses values from outside",
    ),
    (HEAD + "return wieghts @ (x @ w_value)", "a name that is not defined: wieghts"),
    (
        HEAD
        + "queries = x @ w_query\n    return (queries @ (x @ w_key).T).softmax() @ (x @ w_value)",
        "a call in it lacks an argument",
    ),
    (HEAD + "return x.sofmax(dim=-1)", "Is it misspelled?"),
    (HEAD + "return ...", "is still a blank"),
    (HEAD + "return (... @ w_key)", "put your code where the three dots are"),
    (HEAD + "x -= 1\n    return x @ w_value", "changed a tensor that it was given"),
    (
        HEAD + "weights = ((x @ w_query) @ (x @ w_key).T).softmax(dim=-1)\n"
        "    return (weights.unsqueeze(-1) * (x @ w_value)).sum(dim=0)",
        "added up over the queries",
    ),
    ("outputs = weighted_values.sum(dim=-1)", "ran over d_v"),
    ("outputs = weighted_values.sum(dim=0)", "ran over the queries"),
    ("outputs = weighted_values.sum()", "Name the axis"),
    ("outputs = weighted_values.mean(dim=-2)", "average"),
    ("outputs_in_one_line = values @ weights", "the product the wrong way round"),
    ("outputs_in_one_line = weights.T @ values", "be transposed"),
    ("outputs_in_one_line = weights * values", "It must add up too"),
    ("outputs_in_one_line = weights @ values.T", "A value is a row"),
    ("outputs_in_one_line = rounded_weights @ values", "Take the exact ones"),
    (
        HEAD + "return ((x @ w_query) @ (x @ w_key).T / 3**0.5).softmax(dim=-1) @ (x @ w_value)",
        "does not scale yet",
    ),
    (
        HEAD + "return ((x @ w_query) @ (x @ w_key).T).softmax(dim=-1) @ (x @ w_key)",
        "keys are added",
    ),
    (
        HEAD + "weights = ((x @ w_query) @ (x @ w_key).T).softmax(dim=-1)\n"
        "    return (weights.unsqueeze(-1) * (x @ w_value)).sum(dim=-1)",
        "ran over the numbers of a value",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_query) @ (x @ w_key).T) @ (x @ w_value)",
        "no softmax",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_query) @ (x @ w_key).T).softmax(dim=0) @ (x @ w_value)",
        "ran over the queries",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_query) @ (x @ w_key).T / w_key.shape[1] ** 0.5).softmax(dim=-1) @ (x @ w_value)",
        "does not scale yet",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_query) @ (x @ w_key).T).softmax(dim=-1)",
        "These are the we",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_key) @ (x @ w_query).T).softmax(dim=-1) @ (x @ w_value)",
        "changed places",
    ),
    (
        "def self_attention(x, w_query, w_key, w_value):\n    return ((x @ w_query) @ (x @ w_key)).softmax(dim=-1)",
        "sizes do not fit",
    ),
]
