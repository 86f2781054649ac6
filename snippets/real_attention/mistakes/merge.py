# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F
from torch import nn

from snippets.real_attention.mistakes.run import run, sample


# --8<-- [start:merge]
def merged_without_transpose(heads):  # (batch, heads, length, d_k)
    batch, n_heads, length, d_k = heads.shape
    return heads.reshape(batch, length, n_heads * d_k)  # no transpose


# --8<-- [end:merge]


# --8<-- [start:merge_fix]
def merged_by_token(heads):  # (batch, heads, length, d_k)
    return heads.transpose(1, 2).flatten(2)  # (batch, length, d_model)


# --8<-- [end:merge_fix]


# --8<-- [start:merge_test]
def agrees_with_the_layer(merge):
    torch.manual_seed(0)
    [x] = sample((3, 5, 6))
    layer = nn.MultiheadAttention(6, num_heads=2, batch_first=True)
    projected = F.linear(x, layer.in_proj_weight, layer.in_proj_bias)
    split = projected.view(3, 5, 3, 2, 3).permute(2, 0, 3, 1, 4)
    heads = F.scaled_dot_product_attention(*split)  # (3, 2, 5, 3)
    ours, theirs = layer.out_proj(merge(heads)), layer(x, x, x)[0]
    assert ours.allclose(theirs, atol=1e-6), "the layer differs"


# --8<-- [end:merge_test]

if __name__ == "__main__":
    # --8<-- [start:merge_run]
    run(agrees_with_the_layer, merged_without_transpose, merged_by_token)
    # --8<-- [end:merge_run]
