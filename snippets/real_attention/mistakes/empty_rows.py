# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:large]
def a_large_number(queries, keys, values, mask):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    scores = scores.masked_fill(~mask, -1e9)  # the bug
    return scores.softmax(dim=-1) @ values


# --8<-- [end:large]


# --8<-- [start:large_test]
def what_is_masked_does_not_matter(attention):
    queries, keys, values = sample((5, 3), (7, 3), (7, 2))
    mask = torch.ones(5, 7, dtype=torch.bool)
    mask[2] = False
    before = attention(queries, keys, values, mask)[2]
    after = attention(queries, keys, values + 9, mask)[2]
    assert before.allclose(after, equal_nan=True), "masked values got through"


# --8<-- [end:large_test]


# --8<-- [start:large_fix]
def minus_infinity(queries, keys, values, mask):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ values


# --8<-- [end:large_fix]


# --8<-- [start:empty_test]
def a_query_without_keys_gets_zeros(attention):
    queries, keys, values = sample((5, 3), (7, 3), (7, 2))
    mask = torch.ones(5, 7, dtype=torch.bool)
    mask[2] = False
    outputs = attention(queries.requires_grad_(), keys, values, mask)
    outputs.sum().backward()
    assert outputs[2].equal(torch.zeros(2)), f"it got {outputs[2].tolist()}"
    assert queries.grad.isfinite().all(), "gradients are not finite"


# --8<-- [end:empty_test]


# --8<-- [start:empty_fix]
def zeros_for_empty_rows(queries, keys, values, mask):
    scores = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
    return weights.where(mask.any(dim=-1, keepdim=True), 0) @ values


# --8<-- [end:empty_fix]

if __name__ == "__main__":
    # --8<-- [start:large_shown]
    mask = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 0]]).bool()
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("outputs", a_large_number(queries, keys, values, mask), sep="\n")
    try:
        a_large_number(queries.half(), keys.half(), values, mask)
    except RuntimeError as error:
        print("-1e9 in float16:", error)
    # --8<-- [end:large_shown]

    # --8<-- [start:large_run]
    run(what_is_masked_does_not_matter, a_large_number, minus_infinity)
    # --8<-- [end:large_run]

    # --8<-- [start:empty_shown]
    print("outputs", minus_infinity(queries, keys, values, mask), sep="\n")
    # --8<-- [end:empty_shown]

    # --8<-- [start:empty_run]
    run(a_query_without_keys_gets_zeros, minus_infinity, zeros_for_empty_rows)
    # --8<-- [end:empty_run]
