# SPDX-License-Identifier: MIT
# timeout: 300 s
import math

# --8<-- [start:layer_of]
import torch
import torch.nn.functional as F

from snippets.language_model.model import (
    BASE,
    D_K,
    N_BLOCKS,
    N_HEADS,
    N_KV_HEADS,
    LanguageModel,
    feed_forward,
    projected,
    rms_norm,
    tensors_of,
)
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.real_attention.rotary.rotary import rotate, rotate_halves

NAMES = {
    "w_query": "attn_q",
    "w_key": "attn_k",
    "w_value": "attn_v",
    "w_output": "attn_output",
}


def turned(queries, keys, positions):
    return rotate(queries, positions, BASE), rotate(keys, positions, BASE)


def layer_of(weights, block):
    layer = MultiHeadAttention(N_HEADS * D_K, N_HEADS, N_KV_HEADS, bias=False, adjust=turned)
    own = tensors_of(weights, block)
    layer.load_state_dict({f"{ours}.weight": own[name] for ours, name in NAMES.items()})
    return layer


# --8<-- [end:layer_of]


# --8<-- [start:differences]
@torch.no_grad()
def differences(weights, ids):
    """Yield our layer's largest distance to PyTorch's, by block."""
    x, positions = weights["token_embd.weight"][ids], torch.arange(len(ids))
    for block in range(N_BLOCKS):
        own = tensors_of(weights, block)
        rows = rms_norm(x, own["attn_norm"])
        ours = layer_of(weights, block)(rows, is_causal=True)  # (length, d_model)
        q, k, v = projected(rows, own, positions, rotate)
        heads = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        theirs = heads.transpose(-3, -2).flatten(-2) @ own["attn_output"].T
        yield float((ours - theirs).abs().max())
        x = x + ours
        rows = rms_norm(x, own["ffn_norm"])
        x = x + feed_forward(rows, own["ffn_gate"], own["ffn_up"], own["ffn_down"])


def bound(difference):
    """Next power of ten, since rounding errors differ between machines."""
    return f"below 1e{math.ceil(math.log10(difference))}"


# --8<-- [end:differences]


# --8<-- [start:reordered]
ORDER = torch.cat([torch.arange(0, D_K, 2), torch.arange(1, D_K, 2)])  # (d_k,)


def reordered(weights, parts=("attn_q", "attn_k")):
    """Weights with the rows of queries and keys reordered for halves."""
    moved = dict(weights)
    for name in weights:
        if name.split(".")[-2] in parts:
            heads = weights[name].unflatten(0, (-1, D_K))  # heads first
            moved[name] = heads[:, ORDER].flatten(0, 1)
    return moved


# --8<-- [end:reordered]


# --8<-- [start:variants]
def unturned(x, positions, base):
    return x


def dealt(q, k, v, mask, enable_gqa):
    share = q.shape[-3] // k.shape[-3]
    return F.scaled_dot_product_attention(q, k.repeat(share, 1, 1), v.repeat(share, 1, 1), mask)


def variants(weights):
    """Five models with the same weights, by their modification."""
    return {
        "neighbors, as the file has them": LanguageModel(weights),
        "halves": LanguageModel(weights, turn=rotate_halves),
        "halves, rows reordered": LanguageModel(reordered(weights), turn=rotate_halves),
        "not turned at all": LanguageModel(weights, turn=unturned),
        "heads of keys dealt out like cards": LanguageModel(weights, attend=dealt),
    }


# --8<-- [end:variants]


# --8<-- [start:loss]
PROSE = (
    "A bank is a place where people keep their money. When you bring money to a bank, "
    "it lends a part of it to others, who pay it back later with a little more."
)


def loss_of(model, ids):
    return float(F.cross_entropy(model(ids)[:-1], ids[1:]))


# --8<-- [end:loss]

if __name__ == "__main__":
    # --8<-- [start:names]
    from snippets.language_model.tokens import generate, ids, model, tokenizer, weights

    for name, tensor in tensors_of(weights, 0).items():
        print(f"{name:12}{tuple(tensor.shape)}")
    # --8<-- [end:names]

    # --8<-- [start:compare]
    print("30 layers:", bound(max(differences(weights, ids))))
    theirs = LanguageModel(weights, attend=F.scaled_dot_product_attention)
    apart = (model(ids) - theirs(ids)).abs().max()
    print("logits:   ", bound(float(apart)))
    # --8<-- [end:compare]

    # --8<-- [start:counting]
    counting = "1, 2, 3, 4, 5,"
    print("neighbors:", generate(model, counting, 2).rstrip())
    halves = LanguageModel(weights, turn=rotate_halves)
    print("halves:   ", generate(halves, counting, 2).rstrip())
    # --8<-- [end:counting]

    # --8<-- [start:losses]
    prose = torch.tensor(tokenizer.encode(PROSE).ids)
    for name, variant in variants(weights).items():
        print(f"{name:36}{loss_of(variant, prose):.2f}")
    # --8<-- [end:losses]

    # --8<-- [start:half]
    half = LanguageModel(reordered(weights, ["attn_q"]), turn=rotate_halves)
    prose = torch.tensor(tokenizer.encode(PROSE).ids)
    print(f"loss: {loss_of(half, prose):.2f}")
    # --8<-- [end:half]

    # --8<-- [start:moved]
    moved = model(ids, positions=torch.arange(len(ids)) + 1000)
    print("the same:", torch.allclose(moved, model(ids), atol=0.01))
    # --8<-- [end:moved]
