# SPDX-License-Identifier: MIT
# --8<-- [start:attention]
import torch


def attention(queries, keys, values, mask=None):
    d_k = keys.shape[-1]
    scores = queries @ keys.transpose(-2, -1) / d_k**0.5  # (..., queries, keys)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)  # True: may attend
    weights = scores.softmax(dim=-1)  # (..., queries, keys)
    return weights @ values  # (..., queries, d_v)


# --8<-- [end:attention]
