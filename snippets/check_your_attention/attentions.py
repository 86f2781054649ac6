# SPDX-License-Identifier: MIT
import math

import torch


# --8<-- [start:axis]
def wrong_axis(q, k, v):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    return scores.softmax(dim=-2) @ v


# --8<-- [end:axis]


# --8<-- [start:causal]
def off_by_one(q, k, v):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(2)
    return scores.masked_fill(future, -math.inf).softmax(dim=-1) @ v


# --8<-- [end:causal]


# --8<-- [start:right]
def right(q, k, v, mask=None):  # mask: True = may attend
    scores = q / math.sqrt(q.size(-1)) @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v


# --8<-- [end:right]
