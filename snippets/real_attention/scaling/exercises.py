# SPDX-License-Identifier: MIT
import torch

if __name__ == "__main__":
    # --8<-- [start:divisor]
    d_model, d_k = 512, 64
    divisor = d_k**0.5
    print("divisor", divisor)
    # --8<-- [end:divisor]

    # --8<-- [start:by_hand]
    query = torch.ones(4)  # (d_k,)
    two_keys = torch.tensor([[1.0, 1, 1, 1], [0, 0, 0, 0]])  # (keys=2, d_k)
    two_scores = query @ two_keys.T  # (keys=2,)
    print("scaled scores", two_scores / 4**0.5)
    print("weights      ", (two_scores / 4**0.5).softmax(dim=-1))
    # --8<-- [end:by_hand]

    # --8<-- [start:without_root]
    random = torch.Generator().manual_seed(0)
    raw = torch.randn(10_000, 16, generator=random) * 4096**0.5  # (rows, keys)
    too_even = (raw / 4096).softmax(dim=-1)  # (rows, keys)
    print(f"smallest {too_even.min(dim=-1).values.mean():.3f}")
    print(f"largest  {too_even.max(dim=-1).values.mean():.3f}")
    # --8<-- [end:without_root]
