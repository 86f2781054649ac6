# SPDX-License-Identifier: MIT
"""Sinusoidal positions, to be added to the inputs.

x = x + sinusoidal(x.shape[-2], x.shape[-1], like=x)      # (batch, n, d_model)
"""

import torch


def sinusoidal(positions, d_model, *, base=10000.0, offset=0, like=None):
    """Rows of sines and cosines in turn: (..., n, d_model).

    positions: their number n, or a tensor (..., n)
    like: a tensor whose dtype and device the rows get; computed in 32 bits or more
    """
    if d_model % 2:
        raise ValueError(f"d_model is {d_model}: it does not make pairs")
    dtype = torch.float32 if like is None else like.dtype
    device = None if like is None else like.device
    if not isinstance(positions, torch.Tensor):
        positions = torch.arange(positions, device=device)
    wide = torch.promote_types(dtype, torch.float32)
    steps = torch.arange(0, d_model, 2, dtype=wide, device=positions.device)
    angles = (positions + offset).unsqueeze(-1).to(wide) * base ** (-steps / d_model)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(dtype)
