# SPDX-License-Identifier: MIT
import torch

from snippets.take_along.multi_head_attention import (
    MultiHeadAttention,
    load_packed,
    load_separate,
)
from snippets.take_along.rotary import reorder, rotate


# --8<-- [start:rotary]
def rotary(base, pairs="halves"):
    """Return an adjust hook that turns queries and keys by position."""
    how = {"base": base, "pairs": pairs}
    return lambda q, k, at: (rotate(q, at, **how), rotate(k, at, **how))


# --8<-- [end:rotary]


# --8<-- [start:llama]
def from_llama(theirs, d_model, n_heads, n_kv_heads, base, pairs="halves"):
    options = {"bias": False, "adjust": rotary(base, pairs)}
    layer = MultiHeadAttention(d_model, n_heads, n_kv_heads, **options)
    return load_separate(layer, *four(theirs))


def four(theirs):
    return theirs.q_proj, theirs.k_proj, theirs.v_proj, theirs.o_proj


# --8<-- [end:llama]


# --8<-- [start:neighbors]
def from_llama_as_neighbors(theirs, d_model, n_heads, n_kv_heads, base):
    layer = from_llama(theirs, d_model, n_heads, n_kv_heads, base, "neighbors")
    for part, heads in ((layer.w_query, n_heads), (layer.w_key, n_kv_heads)):
        part.weight.data = reorder(part.weight.data, heads, to="neighbors")
    return layer


# --8<-- [end:neighbors]


# --8<-- [start:qwen3]
def from_qwen3(theirs, d_model, n_heads, n_kv_heads, d_k, base):
    turned = rotary(base)
    layer = MultiHeadAttention(
        d_model,
        n_heads,
        n_kv_heads,
        d_k=d_k,
        bias=False,
        adjust=lambda q, k, at: turned(theirs.q_norm(q), theirs.k_norm(k), at),
    )
    return load_separate(layer, *four(theirs))


# --8<-- [end:qwen3]


# --8<-- [start:gpt2]
def from_gpt2(theirs, d_model, n_heads):
    layer, own = MultiHeadAttention(d_model, n_heads), theirs.c_proj
    layer.w_output.load_state_dict({"weight": own.weight.T, "bias": own.bias})
    return load_packed(layer, theirs.c_attn.weight.T, theirs.c_attn.bias)


# --8<-- [end:gpt2]


# --8<-- [start:bert]
def from_bert(theirs, d_model, n_heads):
    layer, own = MultiHeadAttention(d_model, n_heads), theirs.self
    return load_separate(layer, own.query, own.key, own.value, theirs.output.dense)


# --8<-- [end:bert]


# --8<-- [start:vit]
def from_vit(theirs, d_model, n_heads):
    layer = MultiHeadAttention(d_model, n_heads)
    return load_separate(layer, *four(theirs))


# --8<-- [end:vit]


# --8<-- [start:t5]
def from_t5(theirs, d_model, n_heads, d_k):
    layer = MultiHeadAttention(d_model, n_heads, d_k=d_k, bias=False, scale=1.0)
    return load_separate(layer, theirs.q, theirs.k, theirs.v, theirs.o)


# --8<-- [end:t5]


# --8<-- [start:timm]
def from_timm(theirs, d_model, n_heads):
    layer = MultiHeadAttention(d_model, n_heads, bias=biases(theirs))
    layer.w_output.load_state_dict(theirs.proj.state_dict())
    return load_packed(layer, theirs.qkv.weight, theirs.qkv.bias)


def biases(theirs):  # timm's default: a bias for the output only
    return ["output"] if theirs.qkv.bias is None else True


# --8<-- [end:timm]


# --8<-- [start:x_transformers]
def from_x_transformers(theirs, d_model, n_heads, n_kv_heads, d_k):
    layer = MultiHeadAttention(d_model, n_heads, n_kv_heads, d_k=d_k, bias=False)
    load_separate(layer, theirs.to_q, theirs.to_k, theirs.to_v, theirs.to_out)
    return neighbors_share(layer)


@torch.no_grad()
def neighbors_share(layer):
    """Reorder query heads that use key heads 1 2 1 2 to use 1 1 2 2."""
    order = torch.arange(layer.n_heads).view(-1, layer.n_kv_heads).T.flatten()
    rows = layer.w_query.weight.unflatten(0, (-1, layer.d_k))  # (heads, d_k, d_model)
    columns = layer.w_output.weight.unflatten(1, (-1, layer.d_k))
    layer.w_query.weight.copy_(rows[order].flatten(0, 1))
    layer.w_output.weight.copy_(columns[:, order].flatten(1))
    return layer


# --8<-- [end:x_transformers]
