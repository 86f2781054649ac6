# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:after]
def masked_after_softmax(queries, keys, values):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    return scores.softmax(dim=-1).tril() @ values  # the bug: too late


# --8<-- [end:after]


# --8<-- [start:after_test]
def the_future_does_not_leak(attention):
    queries, keys, values = sample((5, 3), (5, 3), (5, 2))
    before = attention(queries, keys, values)
    keys[-1] = values[-1] = 9
    after = attention(queries, keys, values)
    assert before[:-1].allclose(after[:-1]), "earlier outputs changed"


# --8<-- [end:after_test]


# --8<-- [start:after_fix]
def masked_before_softmax(queries, keys, values):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    mask = torch.ones_like(scores).tril().bool()  # True = may attend
    scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ values


# --8<-- [end:after_fix]


# --8<-- [start:zeros]
def masked_with_zeros(queries, keys, values):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    return scores.tril().softmax(dim=-1) @ values  # the bug: 0 is a score


# --8<-- [end:zeros]

if __name__ == "__main__":
    # --8<-- [start:after_shown]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("outputs", masked_after_softmax(queries, keys, values), sep="\n")
    # --8<-- [end:after_shown]

    # --8<-- [start:after_run]
    run(the_future_does_not_leak, masked_after_softmax, masked_before_softmax)
    # --8<-- [end:after_run]

    # --8<-- [start:zeros_shown]
    print("outputs", masked_with_zeros(queries, keys, values), sep="\n")
    # --8<-- [end:zeros_shown]

    # --8<-- [start:zeros_run]
    run(the_future_does_not_leak, masked_with_zeros, masked_before_softmax)
    # --8<-- [end:zeros_run]
