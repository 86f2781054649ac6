# SPDX-License-Identifier: MIT
# --8<-- [start:multi_head_cross_attention]
from snippets.real_attention.masking.attention import attention
from snippets.real_attention.multi_head.attention import merge_heads, split_heads


def multi_head_cross_attention(
    target,
    source,
    w_query,
    w_key,
    w_value,
    w_output,
    n_heads,
    mask=None,
):
    queries = split_heads(target @ w_query, n_heads)  # (..., heads, n, d_k)
    keys = split_heads(source @ w_key, n_heads)  # (..., heads, keys, d_k)
    values = split_heads(source @ w_value, n_heads)  # (..., heads, keys, d_v)
    heads = attention(queries, keys, values, mask)  # (..., heads, n, d_v)
    return merge_heads(heads) @ w_output  # (..., n, d_model), n: queries


# --8<-- [end:multi_head_cross_attention]

if __name__ == "__main__":
    # --8<-- [start:torch]
    import torch
    from torch import nn

    from snippets.real_attention.cross_attention.target import target
    from snippets.walkthrough.inputs import x

    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(embed_dim=4, num_heads=2, bias=False)
    their_outputs, their_weights = theirs(target, x, x)  # queries first

    packed = theirs.in_proj_weight  # (3 * d_model, d_model)
    projections = [part.T for part in packed.chunk(3)]  # cut into three
    w_output = theirs.out_proj.weight.T  # (d_model, d_model)
    ours = multi_head_cross_attention(target, x, *projections, w_output, 2)
    print("shape of their outputs", their_outputs.shape)
    print("shape of their weights", their_weights.shape)
    print("same outputs:", ours.allclose(their_outputs, atol=1e-6))
    # --8<-- [end:torch]
