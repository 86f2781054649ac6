# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:groups]
def repeated(queries, keys, values):  # each (batch, heads, length, d)
    times = queries.shape[1] // keys.shape[1]
    keys = keys.repeat(1, times, 1, 1)  # the bug
    values = values.repeat(1, times, 1, 1)  # the same
    return F.scaled_dot_product_attention(queries, keys, values)


# --8<-- [end:groups]


# --8<-- [start:groups_test]
def groups_agree_with_pytorch(attention):
    three = sample((1, 6, 5, 3), (1, 2, 7, 3), (1, 2, 7, 11))
    theirs = F.scaled_dot_product_attention(*three, enable_gqa=True)
    assert attention(*three).allclose(theirs, atol=1e-6), "PyTorch differs"


# --8<-- [end:groups_test]


# --8<-- [start:groups_fix]
def interleaved(queries, keys, values):  # each (batch, heads, length, d)
    times = queries.shape[1] // keys.shape[1]
    keys = keys.repeat_interleave(times, dim=1)
    values = values.repeat_interleave(times, dim=1)
    return F.scaled_dot_product_attention(queries, keys, values)


# --8<-- [end:groups_fix]


# --8<-- [start:unequal]
def aligned_at_the_start(queries, *kept):  # cached keys, values
    is_causal = True  # the bug
    return F.scaled_dot_product_attention(queries, *kept, is_causal=is_causal)


# --8<-- [end:unequal]


# --8<-- [start:unequal_test]
def steps_agree_with_the_whole(attention):
    queries, *kept = sample((5, 3), (5, 3), (5, 2))
    whole = F.scaled_dot_product_attention(queries, *kept, is_causal=True)
    steps = attention(queries[-2:], *kept)
    assert steps.allclose(whole[-2:], atol=1e-6), "the last two steps differ"


# --8<-- [end:unequal_test]


# --8<-- [start:unequal_fix]
def aligned_at_the_end(queries, keys, values):
    n_queries, n_keys = len(queries), len(keys)
    mask = torch.ones(n_queries, n_keys).tril(n_keys - n_queries).bool()
    return F.scaled_dot_product_attention(queries, keys, values, mask)


# --8<-- [end:unequal_fix]

if __name__ == "__main__":
    # --8<-- [start:groups_shown]
    print("key heads used:  ", torch.arange(2).repeat(3))  # by six query heads
    print("key heads needed:", torch.arange(2).repeat_interleave(3))
    # --8<-- [end:groups_shown]

    # --8<-- [start:groups_run]
    run(groups_agree_with_pytorch, repeated, interleaved)
    # --8<-- [end:groups_run]

    # --8<-- [start:unequal_shown]
    newest = aligned_at_the_start(queries[-1:], keys, values)  # one query
    print("newest output:", newest)
    print("oldest value: ", values[:1])
    # --8<-- [end:unequal_shown]

    # --8<-- [start:unequal_run]
    run(steps_agree_with_the_whole, aligned_at_the_start, aligned_at_the_end)
    # --8<-- [end:unequal_run]
