# SPDX-License-Identifier: MIT
"""What a reader may write in a blank, and words of the message that is meant for it."""

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
    (
        "def masked_before_softmax(queries, keys, values):\n"
        "    scores = queries @ keys.T / keys.shape[-1] ** 0.5\n"
        "    mask = torch.ones_like(scores).tril().bool()\n"
        "    return scores.masked_fill(mask, -torch.inf).softmax(dim=-1) @ values",
        "earlier outputs changed",
    ),
    (
        "def true_where_zero(queries, keys, values):\n"
        "    additive = torch.full((len(queries), len(keys)), -torch.inf).triu(diagonal=1)\n"
        "    return F.scaled_dot_product_attention(queries, keys, values, additive != 0)",
        "output 1 is not value 1",
    ),
    (
        "def inverted_mask(layer, x):\n    return layer(x, x, x, need_weights=False)[0]",
        "earlier outputs changed",
    ),
    (
        "def minus_infinity(queries, keys, values, mask):\n"
        "    scores = queries @ keys.T / keys.shape[-1] ** 0.5\n"
        "    return scores.masked_fill(~mask, -1e4).softmax(dim=-1) @ values",
        "masked values got through",
    ),
    (
        "def zeros_for_empty_rows(queries, keys, values, mask):\n"
        "    scores = queries @ keys.T / keys.shape[-1] ** 0.5\n"
        "    return scores.masked_fill(~mask, -torch.inf).softmax(dim=-1) @ values",
        "it got [nan, nan]",
    ),
    (
        "def split_by_view(x, n_heads):\n    return x.view(n_heads, len(x), -1)",
        "rows are no longer tokens",
    ),
    (
        "def merge_by_reshape(heads):\n    return heads.reshape(heads.shape[1], -1)",
        "rows are no longer tokens",
    ),
    (
        "def merge_by_reshape(heads):\n    return heads.transpose(0, 1).view(heads.shape[1], -1)",
        "does not run",
    ),
    (
        "def interleaved(queries, keys, values):\n"
        "    times = queries.shape[1] // keys.shape[1]\n"
        "    keys, values = (one.repeat(1, times, 1, 1) for one in (keys, values))\n"
        "    return F.scaled_dot_product_attention(queries, keys, values)",
        "PyTorch differs",
    ),
    (
        "def aligned_at_the_end(queries, keys, values):\n"
        "    return F.scaled_dot_product_attention(queries, keys, values)",
        "the last two steps differ",
    ),
    (
        "def merged_by_token(heads):\n    return heads.flatten(2)",
        "a row should hold all heads of one token",
    ),
    (
        "def merged_by_token(heads):\n    return heads.reshape(len(heads), heads.shape[2], -1)",
        "a row should hold all heads of one token",
    ),
]
