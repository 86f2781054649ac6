# SPDX-License-Identifier: MIT
"""SmolLM2-135M, built from the parts of this site."""

# --8<-- [start:sizes]
from functools import partial

import torch
import torch.nn.functional as F

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)
from snippets.real_attention.rotary.rotary import rotate

N_BLOCKS, N_HEADS, N_KV_HEADS, D_K = 30, 9, 3, 64
BASE = 100_000  # base of rotary angles
EPSILON = 1e-5  # keeps the normalization from dividing by 0
# --8<-- [end:sizes]


# --8<-- [start:rms_norm]
def rms_norm(x, gain):  # (..., d_model), (d_model,)
    mean_square = (x**2).mean(dim=-1, keepdim=True)
    return x / (mean_square + EPSILON).sqrt() * gain  # (..., d_model)


# --8<-- [end:rms_norm]


# --8<-- [start:feed_forward]
def feed_forward(x, w_gate, w_up, w_down):
    gate = F.silu(x @ w_gate.T)  # (..., d_hidden)
    return (gate * (x @ w_up.T)) @ w_down.T  # (..., d_model)


# --8<-- [end:feed_forward]


# --8<-- [start:parts]
def tensors_of(weights, block):
    """Tensors of one block, by the middle of their names."""
    start, end = f"blk.{block}.", ".weight"
    own = [name for name in weights if name.startswith(start)]
    return {name[len(start) : -len(end)]: weights[name] for name in own}


def projected(rows, own, positions, turn):
    """Queries (..., heads, length, d_k); keys and values in fewer heads."""
    matrices = own["attn_q"], own["attn_k"], own["attn_v"]
    together = [rows @ matrix.T for matrix in matrices]
    q, k, v = (t.unflatten(-1, (-1, D_K)).transpose(-3, -2) for t in together)
    return turn(q, positions, BASE), turn(k, positions, BASE), v


def extended(cache, block, keys, values):
    """Append a block's keys and values to the cache. Return them all."""
    if block == len(cache):
        cache.append((keys, values))
    else:
        pairs = zip(cache[block], (keys, values), strict=True)
        cache[block] = tuple(torch.cat(pair, dim=-2) for pair in pairs)
    return cache[block]


# --8<-- [end:parts]


# --8<-- [start:model]
class LanguageModel:
    """Score each token of the vocabulary as the next.

    weights: tensors by their names, as `load` returns them
    attend: a function like F.scaled_dot_product_attention
    turn: turns queries and keys by their positions, like rotate
    """

    def __init__(
        self,
        weights,
        attend=scaled_dot_product_attention,
        turn=rotate,
    ):
        self.weights, self.turn = weights, turn
        self.attend = partial(attend, enable_gqa=True)

    def __call__(
        self,
        ids,
        cache=None,
        mask=None,
        *,
        positions=None,
        seen=None,
        off=(),
    ):
        """Logits (..., length, vocabulary) of the token after each id.

        ids: whole numbers (length,) or (batch, length)
        cache: a list, empty at first, that gets (keys, values) of each
            block; later calls continue after them
        mask: True = may attend, for (..., heads, queries, keys), with the
            keys of the cache first; None: causal
        positions: of ids, (length,); None: those after the cache
        seen: a list that gets the attention weights of each block
        off: pairs (block, head), from 0, whose outputs become 0
        """
        past = cache[0][0].shape[-2] if cache else 0
        length = ids.shape[-1]
        if positions is None:
            positions = torch.arange(past, past + length)
        if mask is None:
            mask = torch.ones(length, past + length).tril(past).bool()
        x = self.weights["token_embd.weight"][ids]  # (..., length, d_model)
        for block in range(N_BLOCKS):
            own = tensors_of(self.weights, block)
            rows = rms_norm(x, own["attn_norm"])
            q, k, v = projected(rows, own, positions, self.turn)
            if cache is not None:
                k, v = extended(cache, block, k, v)
            out = self.attend(q, k, v, mask)  # (..., heads, length, d_k)
            if seen is not None:  # one-hot values return the weights
                one = torch.eye(past + length).expand(*k.shape[:-1], -1)
                seen.append(self.attend(q, k, one, mask))
            for head in [head for at, head in off if at == block]:
                out[..., head, :, :] = 0
            x = x + out.transpose(-3, -2).flatten(-2) @ own["attn_output"].T
            rows = rms_norm(x, own["ffn_norm"])
            matrices = own["ffn_gate"], own["ffn_up"], own["ffn_down"]
            x = x + feed_forward(rows, *matrices)
        x = rms_norm(x, self.weights["output_norm.weight"])
        return x @ self.weights["token_embd.weight"].T


# --8<-- [end:model]
