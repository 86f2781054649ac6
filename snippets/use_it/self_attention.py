# SPDX-FileCopyrightText: 2026 the authors of Self-Attention, Step by Step
# SPDX-License-Identifier: MIT
"""Self-attention in one head, without scaling and masks.

The idea: Vaswani et al., Attention Is All You Need, 2017, section 3.2,
https://arxiv.org/abs/1706.03762
"""


def self_attention(x, w_query, w_key, w_value):
    """Return one output for each input: the values, weighted by queries and keys.

    x: (inputs, d_model), or (batch, inputs, d_model) for several texts
    w_query, w_key: (d_model, d_k)
    w_value: (d_model, d_v)
    returns: (inputs, d_v), or (batch, inputs, d_v)

    Raises RuntimeError where the shapes do not fit together.
    """
    queries = x @ w_query  # (inputs, d_k)
    keys = x @ w_key  # (inputs, d_k)
    values = x @ w_value  # (inputs, d_v)
    weights = (queries @ keys.mT).softmax(dim=-1)  # (queries, keys)
    return weights @ values  # (queries, d_v)
