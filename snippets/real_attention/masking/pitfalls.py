# SPDX-License-Identifier: MIT
# --8<-- [start:after]
import torch
import torch.nn.functional as F

from snippets.real_attention.masking.causal import causal, changed
from snippets.walkthrough.projection_weights import w_key, w_query
from snippets.walkthrough.queries_keys_values import keys, queries, values


def masked_too_late(queries, keys, mask):
    weights = (queries @ keys.T / 3**0.5).softmax(dim=-1)  # (queries, keys)
    return weights.masked_fill(~mask, 0)  # (queries, keys)


# --8<-- [end:after]

# --8<-- [start:layer]
function = F.scaled_dot_product_attention
layer = torch.nn.MultiheadAttention(3, 1)  # d_model 3, one head
layer.requires_grad_(False)  # no training here
layer.in_proj_weight[:] = torch.eye(3).repeat(3, 1)  # changes nothing
layer.out_proj.weight[:] = torch.eye(3)  # changes nothing
# --8<-- [end:layer]

# --8<-- [start:empty]
scores = queries @ keys.T / 3**0.5  # (queries, keys)
empty = causal.clone()
empty[1] = False  # query 2 may attend to no key
# --8<-- [end:empty]

if __name__ == "__main__":
    # --8<-- [start:show_after]
    before = masked_too_late(queries, keys, causal)  # (queries, keys)
    after = masked_too_late(changed @ w_query, changed @ w_key, causal)
    print("before", before[0])
    print("after ", after[0])
    # --8<-- [end:show_after]

    # --8<-- [start:kinds]
    additive = torch.zeros(3, 3).masked_fill(~causal, -torch.inf)  # (queries, keys)
    masks = {
        "causal": causal,
        "~causal": ~causal,
        "0 and 1": causal.float(),
        "0 and -inf": additive,
    }
    for name, mask in masks.items():
        from_function = function(queries, keys, values, attn_mask=mask)
        from_layer, _ = layer(queries, keys, values, attn_mask=mask)
        print(f"{name:10} function", from_function[0])  # (d_v,)
        print(f"{'':10} layer   ", from_layer[0])  # (d_v,)
    # --8<-- [end:kinds]

    # --8<-- [start:show_empty]
    print("filled with -inf: ", scores.masked_fill(~empty, -torch.inf).softmax(dim=-1)[1])
    print("filled with -1e9: ", scores.masked_fill(~empty, -1e9).softmax(dim=-1)[1])
    print("torch's function: ", function(queries, keys, values, attn_mask=empty)[1])
    try:
        scores.half().masked_fill(~empty, -1e9)
    except RuntimeError as error:
        print("-1e9 in float16:", error)
    # --8<-- [end:show_empty]
