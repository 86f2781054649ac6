# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

SPLIT = "def split_heads(x, n_heads):\n    *leading, n, d_model = x.shape\n    "
MERGE = "def merge_heads(x):\n    *leading, n_heads, n, d_v = x.shape\n    "
WHOLE = (
    "def multi_head_attention(x, w_query, w_key, w_value, w_output, n_heads, mask=None):\n"
    "    queries = split_heads(x @ w_query, n_heads)\n"
    "    keys = split_heads(x @ w_key, n_heads)\n"
    "    values = split_heads(x @ w_value, n_heads)\n"
    "    "
)

WRONG = [
    (
        SPLIT + "return x.reshape(*leading, n_heads, n, d_model // n_heads)",
        "numbers of more than one input",
    ),
    (
        SPLIT + "return x.view(*leading, n, d_model // n_heads, n_heads).transpose(-3, -2)",
        "n_heads first, then d_k",
    ),
    (
        SPLIT + "return x.view(*leading, n, n_heads, d_model // n_heads)",
        "still come after the inputs",
    ),
    (
        SPLIT + "return x.view(*leading, n, n_heads, d_model // n_heads).transpose(-2, -1)",
        "Swap the inputs with the heads",
    ),
    (SPLIT + "return torch.stack(x.chunk(n_heads, dim=-1))", "after the batch"),
    (
        SPLIT + "return x.view(*leading, n, n_heads, d_model // n_heads).transpose(1, 2)",
        "axes are counted from the front",
    ),
    (SPLIT + "return heads.transpose(-3, -2)", "a name that is not defined: heads"),
    (
        SPLIT + "return x.view(n, n_heads)(d_model)",
        "does not run with an x of shape (2, 5, 12) and 3 heads: sizes do not fit",
    ),
    (SPLIT + "return x.view(n_heads, n, d_model // n_heads)", "does not run"),
    (SPLIT + "x.view(*leading, n, n_heads, d_model // n_heads)", "return is missing"),
    (MERGE + "return x.reshape(*leading, n, n_heads * d_v)", "numbers of several inputs"),
    (
        MERGE + "return x.transpose(-2, -1).reshape(*leading, n, n_heads * d_v)",
        "Transpose the axes -3 and -2",
    ),
    (MERGE + "return x.transpose(-3, -2)", "last two axes become one"),
    (
        MERGE + "return x.transpose(1, 2).reshape(*leading, n, n_heads * d_v)",
        "an x of shape (3, 5, 4), what merge_heads gives",
    ),
    (MERGE + "return x.sum(dim=-3)", "heads were added"),
    (
        MERGE + "return x.transpose(-3, -2).view(*leading, n, n_heads * d_v)",
        "after a transpose, view cannot read",
    ),
    (WHOLE + "return merge_heads(attention(queries, keys, values, mask))", "w_output is missing"),
    (
        WHOLE + "return merge_heads(attention(queries, keys, keys, mask)) @ w_output",
        "keys were weighted",
    ),
    (
        WHOLE + "return merge_heads(attention(queries, keys, queries, mask)) @ w_output",
        "queries were weighted",
    ),
    (
        WHOLE + "return merge_heads(attention(queries, keys, split_heads(x, n_heads))) @ w_output",
        "x was weighted as it is",
    ),
    (
        WHOLE + "return attention(x @ w_query, x @ w_key, x @ w_value, mask) @ w_output",
        "one head alone",
    ),
    (
        WHOLE
        + "queries, keys, values = (split_heads(x @ w, 2) for w in (w_query, w_key, w_value))\n"
        "    return merge_heads(attention(queries, keys, values, mask)) @ w_output",
        "always two heads",
    ),
    (WHOLE + "return split_heads(x @ w_query)", "a call in it lacks an argument"),
    (
        WHOLE + "return w_output @ merge_heads(attention(queries, keys, values, mask))",
        "does not run with 1 input with d_model 6",
    ),
    (
        WHOLE + "return merge_heads(attention(keys, queries, values, mask)) @ w_output",
        "changed places",
    ),
    (
        WHOLE + "queries = queries * queries.shape[-1] ** 0.5 / x.shape[-1] ** 0.5\n"
        "    return merge_heads(attention(queries, keys, values, mask)) @ w_output",
        "root of d_model",
    ),
    (
        WHOLE + "return attention(queries, keys, values, mask).reshape(x.shape) @ w_output",
        "merged by one reshape",
    ),
    (
        WHOLE + "return merge_heads(attention(queries, keys, values)) @ w_output",
        "the mask is lost",
    ),
    (
        WHOLE + "mask = mask if mask is None else mask.transpose(-2, -1)\n"
        "    return merge_heads(attention(queries, keys, values, mask)) @ w_output",
        "turned around",
    ),
]
