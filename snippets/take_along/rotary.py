# SPDX-License-Identifier: MIT
"""Rotary positions: turn queries and keys, never values.

    queries = rotate(queries, offset=len(cache))       # (batch, heads, queries, d_k)
    keys = rotate(keys, offset=len(cache))             # before they go into the cache

pairs "halves": number i turns with number i + d/2, as in Hugging Face's Llama, Qwen, GPT-NeoX.
pairs "neighbors": number 2i turns with number 2i + 1, as in the paper, Meta's Llama, GPT-J, GGUF.
"""

import torch


def rotate(x, positions=None, *, offset=0, base=10000.0, pairs="halves"):
    """Turn each row of x (..., n, d) by its position; keep the dtype.

    positions: (n,), or (batch, n) for x (batch, ..., n, d); None: offset, offset + 1, ...
    base: 10000, or what the model was trained with
    """
    n, d = x.shape[-2:]
    if d % 2:
        raise ValueError(f"the rows have {d} numbers: they do not make pairs")
    if positions is None:
        positions = torch.arange(n, device=x.device)
    cos, sin = tables(aligned(positions, x) + offset, d, base, x.dtype)  # (..., n, d / 2)
    first, second = apart(x, pairs)
    turned = first * cos - second * sin, first * sin + second * cos
    return together(*turned, pairs).to(x.dtype)


def tables(positions, d, base, dtype):
    """Cosines and sines (..., n, d / 2), in 32 bits or more: 16 would round the positions."""
    wide = torch.promote_types(dtype, torch.float32)
    speeds = base ** (-torch.arange(0, d, 2, dtype=wide, device=positions.device) / d)
    angles = positions.unsqueeze(-1).to(wide) * speeds
    return angles.cos(), angles.sin()


def aligned(positions, x):
    """Give positions an axis of length 1 for each between batch and n."""
    if positions.dim() not in (1, 2) or positions.shape[-1] != x.shape[-2]:
        raise ValueError(f"positions are {tuple(positions.shape)}, x is {tuple(x.shape)}: "
                         "they need to be (n,) or (batch, n)")  # fmt: skip
    if positions.dim() == 1:
        return positions
    if x.dim() < 3 or positions.shape[0] not in (1, x.shape[0]):
        raise ValueError(f"positions are {tuple(positions.shape)}, x is {tuple(x.shape)}: "
                         "the first axis of both is the batch")  # fmt: skip
    return positions.reshape(len(positions), *[1] * (x.dim() - 3), -1)


def apart(x, pairs):  # (..., d) -> two of (..., d / 2)
    if pairs == "halves":
        return x.chunk(2, dim=-1)
    if pairs == "neighbors":
        return x[..., 0::2], x[..., 1::2]
    raise ValueError(f"pairs is 'halves' or 'neighbors', not {pairs!r}")


def together(first, second, pairs):
    if pairs == "halves":
        return torch.cat([first, second], dim=-1)
    return torch.stack([first, second], dim=-1).flatten(-2)


def reorder(weight, n_heads, *, to):
    """Reorder a query or key projection, or its bias, for the other pairing.

    weight: (n_heads * d, d_model) or (n_heads * d,), as nn.Linear keeps them
    to: the pairing that rotate will use, "halves" or "neighbors"
    """
    heads = weight.unflatten(0, (n_heads, -1)).movedim(1, -1)  # (heads, ..., d)
    other = {"halves": "neighbors", "neighbors": "halves"}
    if to not in other:
        raise ValueError(f"to is 'halves' or 'neighbors', not {to!r}")
    return together(*apart(heads, other[to]), to).movedim(-1, 1).flatten(0, 1)
