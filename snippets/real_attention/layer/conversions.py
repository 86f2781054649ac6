# SPDX-License-Identifier: MIT
# --8<-- [start:from_others]
import math

import torch
from torch import nn

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention


@torch.no_grad()
def load_separate(layer, query, key, value, output):
    """Load the weights of four nn.Linear, one for each projection."""
    own = layer.w_query, layer.w_key, layer.w_value, layer.w_output
    for part, theirs in zip(own, (query, key, value, output), strict=True):
        part.load_state_dict(theirs.state_dict())
    return layer


@torch.no_grad()
def load_packed(layer, weight, bias=None):
    """Load the query, key and value projections from one matrix.

    weight: ((n_heads + 2 * n_kv_heads) * d_k, d_model), queries, keys, values
        in this order, as nn.Linear keeps them; transpose that of a GPT-2
    """
    parts = layer.w_query, layer.w_key, layer.w_value
    if any((part.bias is None) != (bias is None) for part in parts):
        words = "the layer and the packed projection"
        raise ValueError(f"{words} need a bias both, or neither")
    sizes = [part.out_features for part in parts]
    for part, rows in zip(parts, weight.split(sizes), strict=True):
        part.weight.copy_(rows)
    if bias is not None:
        for part, numbers in zip(parts, bias.split(sizes), strict=True):
            part.bias.copy_(numbers)
    return layer


def from_torch(module):
    """MultiHeadAttention equal to a torch module; its inputs are batch first."""
    odd = module.in_proj_weight is None, module.bias_k is not None
    if any(odd) or module.add_zero_attn:
        words = "kdim, vdim, add_bias_kv and add_zero_attn"
        raise ValueError(f"{words} have no counterpart here")
    layer = MultiHeadAttention(
        module.embed_dim,
        module.num_heads,
        bias=module.in_proj_bias is not None,
        dropout=module.dropout,
    )
    layer = layer.to(module.in_proj_weight).train(module.training)
    layer.w_output.load_state_dict(module.out_proj.state_dict())
    return load_packed(layer, module.in_proj_weight, module.in_proj_bias)


# --8<-- [end:from_others]


# --8<-- [start:as_torch]
@torch.no_grad()
def as_torch(layer):
    """The nn.MultiheadAttention equal to layer, batch first."""
    projections = layer.w_query, layer.w_key, layer.w_value, layer.w_output
    biases = {part.bias is not None for part in projections}
    odd = layer.n_heads * layer.d_k != layer.d_model, layer.adjust is not None
    if any(odd) or len(biases) > 1:
        raise ValueError(
            "nn.MultiheadAttention has heads of d_model / n_heads, a bias for all "
            "projections or none, and no hook for queries and keys",
        )
    module = nn.MultiheadAttention(
        layer.d_model,
        layer.n_heads,
        dropout=layer.dropout,
        bias=biases == {True},
        batch_first=True,
    )
    module = module.to(layer.w_query.weight).train(layer.training)
    module.in_proj_weight.copy_(packed(layer, "weight"))
    if module.in_proj_bias is not None:
        module.in_proj_bias.copy_(packed(layer, "bias"))
    module.out_proj.load_state_dict(layer.w_output.state_dict())
    return module


def packed(layer, name):
    """Stack weights or biases; those of the queries get the scale."""
    scale = 1 / math.sqrt(layer.d_k) if layer.scale is None else layer.scale
    parts = [getattr(layer.w_query, name) * scale * math.sqrt(layer.d_k)]
    for projection in (layer.w_key, layer.w_value):
        heads = getattr(projection, name).unflatten(0, (-1, layer.d_k))
        share = layer.n_heads // layer.n_kv_heads
        parts.append(heads.repeat_interleave(share, dim=0).flatten(0, 1))
    return torch.cat(parts)


# --8<-- [end:as_torch]
