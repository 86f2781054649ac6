# SPDX-License-Identifier: MIT
# --8<-- [start:w_output]
import torch

from snippets.real_attention.multi_head.attention import multi_head_attention
from snippets.real_attention.multi_head.side_by_side import (
    wide_w_key,
    wide_w_query,
    wide_w_value,
)
from snippets.walkthrough.inputs import x

w_output = torch.tensor(
    [
        [1, 0, 0, 1],  # for the first number of head 1
        [0, 1, 1, 0],  # for its second
        [1, 0, 1, 0],  # for the first number of head 2
        [0, 1, 0, 1],  # for its second
    ],
    dtype=torch.float32,
)  # (heads * d_v, d_model)
# --8<-- [end:w_output]

if __name__ == "__main__":
    # --8<-- [start:show]
    projections = wide_w_query, wide_w_key, wide_w_value
    outputs = multi_head_attention(x, *projections, w_output, n_heads=2)
    print("outputs", outputs, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:torch]
    from torch import nn

    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(embed_dim=4, num_heads=2, bias=False)
    their_outputs, their_weights = theirs(x, x, x)  # for queries, keys, values

    packed = theirs.in_proj_weight  # (3 * d_model, d_model)
    projections = [part.T for part in packed.chunk(3)]  # cut into three
    their_w_output = theirs.out_proj.weight.T  # (d_model, d_model)
    ours = multi_head_attention(x, *projections, their_w_output, n_heads=2)
    print("shape of in_proj_weight", packed.shape)
    print("shape of their weights ", their_weights.shape)
    print("same outputs:", ours.allclose(their_outputs, atol=1e-6))
    # --8<-- [end:torch]

    # --8<-- [start:parameters]
    for n_heads in (1, 2, 4):
        layer = nn.MultiheadAttention(embed_dim=4, num_heads=n_heads, bias=False)
        count = sum(matrix.numel() for matrix in layer.parameters())
        print(f"heads: {n_heads}, numbers to learn: {count}")
    # --8<-- [end:parameters]
