# SPDX-License-Identifier: MIT
# --8<-- [start:functions]
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.flex_attention import (
    create_block_mask,
    flex_attention,
)

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)


def four_axes(*tensors):
    """Add axes for the batch and the heads, as fused kernels expect."""
    return [tensor[None, None] for tensor in tensors]


def function(queries, keys, values, **options):
    three = four_axes(queries, keys, values)
    return F.scaled_dot_product_attention(*three, **options)[0, 0]


def module(queries, keys, values, dropout_p=0.0, **options):
    """nn.MultiheadAttention with one head and identity projections."""
    d_model = queries.shape[-1]
    layer = nn.MultiheadAttention(d_model, 1, dropout_p, bias=False).eval()
    same = torch.eye(d_model)
    packed = same.repeat(3, 1)
    layer.load_state_dict({"in_proj_weight": packed, "out_proj.weight": same})
    return layer(queries, keys, values, **options)[0].detach()


def module_without_weights(queries, keys, values, **options):
    return module(queries, keys, values, need_weights=False, **options)


def flex(queries, keys, values, attn_mask=None, **options):
    """FlexAttention; its mask is a function of query and key."""
    if attn_mask is not None:
        options["block_mask"] = create_block_mask(
            lambda b, h, query, key: attn_mask[query, key],
            *(None, None, len(queries), len(keys)),
            device="cpu",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about not being compiled
        three = four_axes(queries, keys, values)
        return flex_attention(*three, **options)[0, 0]


implementations = {
    "ours": scaled_dot_product_attention,
    "function": function,
    "module": module,
    "module_without_weights": module_without_weights,
    "flex": flex,
}
# --8<-- [end:functions]
