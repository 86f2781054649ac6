# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
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
]
