# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

QUERIES = "target_queries = target @ w_query\n"
WEIGHTED = "cross_weights = (cross_scores / keys.shape[-1] ** 0.5).softmax(dim=-1)\n"
FUNCTION = (
    "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
    "    queries, keys, values = target @ w_query, source @ w_key, source @ w_value\n"
    "    "
)

WRONG = [
    ("target_queries = target @ w_key", "keys of the target"),
    ("target_queries = target", "unchanged"),
    (QUERIES + "cross_scores = target_queries @ keys", "not transposed"),
    (QUERIES + "cross_scores = keys @ target_queries.T", "the product the wrong way round"),
    (QUERIES + "cross_scores = target_queries @ (target @ w_key).T", "the target met itself"),
    (WEIGHTED + "cross_outputs = cross_weights @ keys", "the keys, weighted"),
    (WEIGHTED + "cross_outputs = cross_scores @ values", "scores are the shares"),
    (WEIGHTED + "cross_outputs = cross_weights @ values.T", "A value is a row"),
    (
        "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
        "    return attention(source @ w_query, target @ w_key, target @ w_value, mask)",
        "changed places",
    ),
    (
        "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
        "    return attention(target @ w_query, target @ w_key, target @ w_value)",
        "the target attends to itself",
    ),
    (
        "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
        "    return attention(source @ w_query, source @ w_key, source @ w_value, mask)",
        "the source attends to itself",
    ),
    (
        "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
        "    return attention(target @ w_query, source @ w_key, target @ w_value, mask)",
        "does not run",
    ),
    (
        "def cross_attention(target, source, w_query, w_key, w_value, mask=None):\n"
        "    return attention(target @ w_key, source @ w_query, source @ w_value, mask)",
        "w_query and w_key changed places",
    ),
    (FUNCTION + "attention(queries, keys, values, mask)", "return is missing"),
    (FUNCTION + "return attention(queries, keys, values)", "the mask is lost"),
    (
        FUNCTION + "return attention(queries, keys, values, mask if mask is None else ~mask)",
        "turned around",
    ),
]
