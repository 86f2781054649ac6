# SPDX-License-Identifier: MIT
"""SmolLM2-135M, built from the parts of this site."""

import torch
import torch.nn.functional as F

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)
from snippets.real_attention.rotary.rotary import rotate

N_BLOCKS, N_HEADS, N_KV_HEADS, D_K = 30, 9, 3, 64
BASE = 100_000  # of the rotary angles
EPSILON = 1e-5  # of the normalization


def rms_norm(x, gain):
    """Divides each row by the root of the mean of its squares."""
    mean_square = x.pow(2).mean(dim=-1, keepdim=True)
    return x / (mean_square + EPSILON).sqrt() * gain  # (..., d_model)


def feed_forward(x, gate, up, down):
    """x (..., d_model); gate and up (d_hidden, d_model), down turned over."""
    opened = F.silu(x @ gate.T)  # (..., d_hidden)
    return (opened * (x @ up.T)) @ down.T


class LanguageModel:
    """Scores each token of the vocabulary as the next one.

    weights: tensors by their names, as `load` returns them
    attend: a function like F.scaled_dot_product_attention
    turn: turns queries and keys by their positions
    """

    def __init__(self, weights, attend=scaled_dot_product_attention, turn=rotate):
        self.weights, self.attend, self.turn = weights, attend, turn

    def __call__(self, ids, cache=None, mask=None, *, positions=None, seen=None, off=()):
        """Logits (..., length, vocabulary) of what follows each of ids.

        ids: whole numbers (length,) or (batch, length)
        cache: a list, empty at first, of (keys, values) for each block, with
            the tokens before ids; it grows by those of ids
        mask: True = may attend, broadcasts to (..., heads, queries, keys);
            None: causal. It counts the keys of the cache, too
        positions: of ids, (length,); None: they go on after the cache
        seen: a list that gets the attention weights of each block,
            (..., heads, queries, keys)
        off: pairs (block, head), from 0; the outputs of these heads are 0
        """
        length, past = ids.shape[-1], cache[0][0].shape[-2] if cache else 0
        if positions is None:
            positions = torch.arange(past, past + length)
        if mask is None:
            mask = torch.ones(length, past + length, dtype=torch.bool).tril(past)
        x = self.weights["token_embd.weight"][ids]  # (..., length, d_model)
        for block in range(N_BLOCKS):
            own = self.of_block(block)
            rows = rms_norm(x, own["attn_norm"])
            queries, keys, values = self.project(rows, own, positions)
            if cache is not None:
                keys, values = extended(cache, block, keys, values)
            out = self.attend(queries, keys, values, mask, enable_gqa=True)
            if seen is not None:  # values of 0 and one 1 pick the weights out
                one_hot = torch.eye(keys.shape[-2]).expand(*keys.shape[:-1], -1)
                weights = self.attend(queries, keys, one_hot, mask, enable_gqa=True)
                seen.append(weights)
            for head in [head for at, head in off if at == block]:
                out[..., head, :, :] = 0
            x = x + out.transpose(-3, -2).flatten(-2) @ own["attn_output"].T
            rows = rms_norm(x, own["ffn_norm"])
            parts = own["ffn_gate"], own["ffn_up"], own["ffn_down"]
            x = x + feed_forward(rows, *parts)
        x = rms_norm(x, self.weights["output_norm.weight"])
        return x @ self.weights["token_embd.weight"].T

    def of_block(self, block):
        """The tensors of one block, by the middle of their names."""
        start, end = f"blk.{block}.", ".weight"
        return {
            name.removeprefix(start).removesuffix(end): tensor
            for name, tensor in self.weights.items()
            if name.startswith(start)
        }

    def project(self, rows, own, positions):
        """Queries (..., heads, length, d_k); keys and values, fewer heads."""
        q, k, v = (
            (rows @ own[f"attn_{name}"].T).unflatten(-1, (-1, D_K)).transpose(-3, -2)
            for name in "qkv"
        )
        return self.turn(q, positions, BASE), self.turn(k, positions, BASE), v


def extended(cache, block, keys, values):
    """Keys and values after those of the cache, which keeps them all."""
    if block == len(cache):
        cache.append((keys, values))
    else:
        kept = zip(cache[block], (keys, values), strict=True)
        cache[block] = tuple(torch.cat(pair, dim=-2) for pair in kept)
    return cache[block]
