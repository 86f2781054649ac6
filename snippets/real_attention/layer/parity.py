# SPDX-License-Identifier: MIT
# --8<-- [start:loop]
import math

import torch

from snippets.real_attention.layer.conversions import as_torch
from snippets.real_attention.layer.use import layer
from snippets.walkthrough.inputs import x


def loop(queries, keys, values):  # (queries, d_k), (keys, d_k), (keys, d_v)
    outputs = torch.zeros(len(queries), values.shape[-1])  # (queries, d_v)
    root = math.sqrt(keys.shape[-1])
    for i in range(len(queries)):
        powers = [math.exp(queries[i] @ key / root) for key in keys]
        for j in range(len(keys)):
            outputs[i] += powers[j] / sum(powers) * values[j]
    return outputs


# --8<-- [end:loop]


# --8<-- [start:matrices]
def matrices(queries, keys, values):  # the same, with any leading axes
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(keys.shape[-1])
    return scores.softmax(dim=-1) @ values  # (..., queries, d_v)


# --8<-- [end:matrices]

# --8<-- [start:heads]
batch = torch.stack([x, x.flip(0)])  # (batch, inputs, d_model)
projections = layer.w_query, layer.w_key, layer.w_value
heads = [layer.split(w(batch)) for w in projections]
queries, keys, values = heads  # each: (batch, heads, inputs, d_k)


def joined(outputs):  # (batch, heads, inputs, d_k)
    merged = outputs.transpose(1, 2).flatten(-2)
    return layer.w_output(merged)  # (batch, inputs, d_model)


# --8<-- [end:heads]


# --8<-- [start:one_by_one]
def one_by_one(attention, queries, keys, values):
    """Outputs of attention for each index of the first axis, in turn."""
    first_axis = range(len(queries))
    outputs = [attention(queries[i], keys[i], values[i]) for i in first_axis]
    return torch.stack(outputs)


# --8<-- [end:one_by_one]

if __name__ == "__main__":
    # --8<-- [start:ladder]
    import warnings
    from functools import partial

    import torch.nn.functional as F
    from torch.nn.attention.flex_attention import flex_attention

    layer.eval()
    by_head = [one.transpose(0, 1) for one in heads]  # (heads, batch, n, d_k)
    by_loop = partial(one_by_one, loop)
    by_matrices = partial(one_by_one, matrices)
    theirs = as_torch(layer)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # flex_attention is not compiled here
        fused = F.scaled_dot_product_attention(*heads)
        ladder = {
            "loop": joined(one_by_one(by_loop, *heads)),
            "matrices": joined(one_by_one(by_matrices, *heads)),
            "batch": joined(one_by_one(matrices, *by_head).transpose(0, 1)),
            "heads, our layer": layer(batch),
            "F.scaled_dot_product_attention": joined(fused),
            "nn.MultiheadAttention": theirs(batch, batch, batch)[0],
            "flex_attention": joined(flex_attention(*heads)),
        }
    below = ladder["loop"]
    for rung, outputs in ladder.items():
        print(f"{rung:32} {(outputs - below).abs().max():.1e}")
        below = outputs
    # --8<-- [end:ladder]
