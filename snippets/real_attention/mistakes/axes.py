# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:softmax]
def softmax_over_queries(queries, keys, values):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    return scores.softmax(dim=0) @ values  # the bug: dim=0


# --8<-- [end:softmax]


# --8<-- [start:softmax_test]
def equal_values_come_back(attention):
    queries, keys = sample((5, 2), (7, 2))
    outputs = attention(queries, keys, torch.ones(7, 3))
    assert outputs.allclose(torch.ones(5, 3)), "values of 1 did not give 1"


# --8<-- [end:softmax_test]


# --8<-- [start:softmax_fix]
def softmax_over_keys(queries, keys, values):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    return scores.softmax(dim=-1) @ values


# --8<-- [end:softmax_fix]


# --8<-- [start:scale]
def scaled_by_d_model(queries, keys, values):  # each (heads, length, d)
    n_heads, _, d_k = keys.shape
    d_model = n_heads * d_k  # the bug
    scores = queries @ keys.transpose(-2, -1) / d_model**0.5
    return scores.softmax(dim=-1) @ values


# --8<-- [end:scale]


# --8<-- [start:scale_test]
def agrees_with_pytorch(attention):
    queries, keys, values = sample((2, 5, 3), (2, 7, 3), (2, 7, 11))
    theirs = F.scaled_dot_product_attention(queries, keys, values)
    ours = attention(queries, keys, values)
    assert ours.allclose(theirs, atol=1e-6), "PyTorch differs"


# --8<-- [end:scale_test]


# --8<-- [start:scale_fix]
def scaled_by_d_k(queries, keys, values):  # each (heads, length, d)
    d_k = keys.shape[-1]
    scores = queries @ keys.transpose(-2, -1) / d_k**0.5
    return scores.softmax(dim=-1) @ values


# --8<-- [end:scale_fix]

if __name__ == "__main__":
    # --8<-- [start:softmax_shown]
    print("outputs", softmax_over_queries(queries, keys, values), sep="\n")
    # --8<-- [end:softmax_shown]

    # --8<-- [start:softmax_run]
    run(equal_values_come_back, softmax_over_queries, softmax_over_keys)
    # --8<-- [end:softmax_run]

    # --8<-- [start:scale_shown]
    two_heads = [torch.stack([one, one]) for one in (queries, keys, values)]
    print("this:   ", scaled_by_d_model(*two_heads)[0, 0])
    print("PyTorch:", F.scaled_dot_product_attention(*two_heads)[0, 0])
    # --8<-- [end:scale_shown]

    # --8<-- [start:scale_run]
    run(agrees_with_pytorch, scaled_by_d_model, scaled_by_d_k)
    # --8<-- [end:scale_run]
