# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.inputs import x


# --8<-- [start:split]
def split_by_reshape(x, n_heads):  # (length, d_model)
    return x.reshape(n_heads, len(x), -1)  # the bug


# --8<-- [end:split]


# --8<-- [start:split_test]
def heads_make_the_whole(split):
    [x] = sample((5, 6))
    whole = torch.cat(list(split(x, 3)), dim=-1)
    assert whole.equal(x), "rows are no longer tokens"


# --8<-- [end:split_test]


# --8<-- [start:split_fix]
def split_by_view(x, n_heads):  # (length, d_model)
    return x.view(len(x), n_heads, -1).transpose(0, 1)  # (heads, length, d_k)


# --8<-- [end:split_fix]


# --8<-- [start:view]
def merge_by_view(heads):  # (heads, length, d_k)
    return heads.transpose(0, 1).view(heads.shape[1], -1)  # the bug: view


# --8<-- [end:view]


# --8<-- [start:view_test]
def fresh_heads_merge(merge):
    [heads] = sample((3, 5, 2))
    whole = torch.cat(list(heads), dim=-1)
    assert merge(heads).equal(whole), "rows are no longer tokens"


# --8<-- [end:view_test]


# --8<-- [start:view_fix]
def merge_by_reshape(heads):  # (heads, length, d_k)
    return heads.transpose(0, 1).reshape(heads.shape[1], -1)


# --8<-- [end:view_fix]

if __name__ == "__main__":
    # --8<-- [start:split_shown]
    print("tokens:", x, sep="\n")
    print("heads:", split_by_reshape(x, n_heads=2), sep="\n")
    # --8<-- [end:split_shown]

    # --8<-- [start:split_run]
    run(heads_make_the_whole, split_by_reshape, split_by_view)
    # --8<-- [end:split_run]

    # --8<-- [start:view_shown]
    print("one token:", merge_by_view(torch.ones(2, 1, 2)))
    print("there and back:", merge_by_view(split_by_view(x, 2)).equal(x))
    try:
        merge_by_view(torch.ones(2, 3, 2))  # 3 tokens, contiguous
    except RuntimeError as error:
        print("three tokens:", str(error).partition(" (")[0])
    # --8<-- [end:view_shown]

    # --8<-- [start:view_run]
    run(fresh_heads_merge, merge_by_view, merge_by_reshape)
    # --8<-- [end:view_run]
