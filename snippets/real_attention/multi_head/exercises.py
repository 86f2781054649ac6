# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
from snippets.real_attention.multi_head.attention import merge_heads, split_heads
from snippets.real_attention.multi_head.side_by_side import wide_queries
from snippets.real_attention.multi_head.split import head_keys, head_queries, head_values


# --8<-- [start:wrong_split]
def wrong_split(x, n_heads):
    n, d_model = x.shape
    return x.reshape(n_heads, n, d_model // n_heads)


def output_1(split, x):
    causal = torch.ones(3, 3).tril().bool()  # (queries, keys)
    heads = split(x, n_heads=2)  # queries, keys and values at once
    return merge_heads(attention(heads, heads, heads, causal))[0]


# --8<-- [end:wrong_split]

if __name__ == "__main__":
    # --8<-- [start:scores_of_head_2]
    scores_of_head_1 = head_queries[0, 0] @ head_keys[0].T  # (keys,)
    scores_of_head_2 = head_queries[1, 0] @ head_keys[1].T  # (keys,)
    print("head 1", scores_of_head_1)
    print("head 2", scores_of_head_2)
    # --8<-- [end:scores_of_head_2]

    # --8<-- [start:padding]
    two_examples = head_queries.expand(2, 2, 3, 2)  # (batch, heads, n, d_k)
    padding = torch.tensor([[1, 1, 0], [1, 1, 1]]).bool()  # (batch, keys)
    for mask in padding.view(2, 1, 1, 3), padding.view(2, 1, 3):
        outputs = attention(two_examples, head_keys, head_values, mask)
        print("mask", tuple(mask.shape), "first number of output 1, by example and head")
        print(outputs[:, :, 0, 0])  # (batch, heads)
    # --8<-- [end:padding]

    # --8<-- [start:leak]
    changed = wide_queries + torch.tensor([[0.0], [1], [0]])  # input 2 alone
    for split in split_heads, wrong_split:
        change = output_1(split, changed) - output_1(split, wide_queries)
        print(f"{split.__name__:11}", change)
    # --8<-- [end:leak]
