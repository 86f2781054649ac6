# SPDX-License-Identifier: MIT
# --8<-- [start:rotate]
import torch

from snippets.real_attention.positional_encoding.sinusoidal import angles


def rotate(x, positions, base=10_000):
    turns = angles(positions, x.shape[-1], base)
    cos, sin = turns.cos(), turns.sin()  # (..., d / 2)
    first, second = x[..., 0::2], x[..., 1::2]  # neighbors are pairs
    pairs = [first * cos - second * sin, first * sin + second * cos]
    turned = torch.stack(pairs, dim=-1).flatten(-2)  # (..., d)
    return turned.to(x.dtype)  # angles have 32 bits, x may have 16


# --8<-- [end:rotate]


# --8<-- [start:rotate_halves]
def rotate_halves(x, positions, base=10_000):
    turns = angles(positions, x.shape[-1], base)
    cos, sin = turns.cos(), turns.sin()
    first, second = x.chunk(2, dim=-1)  # a pair is one of each half
    pairs = [first * cos - second * sin, first * sin + second * cos]
    return torch.cat(pairs, dim=-1).to(x.dtype)


# --8<-- [end:rotate_halves]

if __name__ == "__main__":
    # --8<-- [start:distance]
    from snippets.walkthrough.inputs import x

    query, key = x[0], x[2]
    for p, q in [(5, 2), (105, 102), (2, 5)]:
        score = rotate(query, torch.tensor(p)) @ rotate(key, torch.tensor(q))
        print(f"query at {p}, key at {q}: {score:.4f}")
    # --8<-- [end:distance]

    # --8<-- [start:conventions]
    positions = torch.arange(3)
    neighbors = rotate(x, positions)
    halves = rotate_halves(x, positions)
    reordered = rotate_halves(x[:, [0, 2, 1, 3]], positions)
    print("neighbors:", neighbors[0] @ neighbors.T)  # (keys,)
    print("halves:   ", halves[0] @ halves.T)
    print("reordered:", reordered[0] @ reordered.T)
    # --8<-- [end:conventions]
