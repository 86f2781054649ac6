# SPDX-License-Identifier: MIT
# --8<-- [start:rotate]
import torch


def rotate(x, positions, base=100.0):
    """Rotary positions: pairs of neighbors, turned by position times frequency."""
    d_k = x.shape[-1]
    angles = positions[:, None] * base ** (-torch.arange(0, d_k, 2) / d_k)  # (inputs, pairs)
    first, second = x[..., 0::2], x[..., 1::2]  # (inputs, pairs)
    cos, sin = angles.cos(), angles.sin()  # (inputs, pairs)
    turned = torch.stack([first * cos - second * sin, first * sin + second * cos], dim=-1)
    return turned.flatten(-2)


# --8<-- [end:rotate]


# --8<-- [start:rms_norm]
def rms_norm(x, gain):
    return x * x.square().mean(-1, keepdim=True).rsqrt() * gain


# --8<-- [end:rms_norm]

if __name__ == "__main__":
    # --8<-- [start:conventions]
    torch.manual_seed(0)
    queries, keys, at = torch.randn(3, 4), torch.randn(3, 4), torch.arange(3.0)
    neighbors = rotate(queries, at) @ rotate(keys, at).T
    order = torch.tensor([0, 2, 1, 3])  # pairs (0, 1), (2, 3) become pairs of halves (0, 2), (1, 3)
    for name, columns in (("as they are", torch.arange(4)), ("reordered", order)):
        in_halves = [rotate(x[:, columns][:, order], at)[:, order] for x in (queries, keys)]
        same = torch.allclose(in_halves[0] @ in_halves[1].T, neighbors)
        print(f"columns {name}, turned in halves, same scores:", same)
    # --8<-- [end:conventions]

    # --8<-- [start:sign]
    torch.manual_seed(0)
    queries, keys, at = torch.randn(3, 4), torch.randn(3, 4), torch.arange(3.0)
    forward = rotate(queries, at) @ rotate(keys, at).T
    backward = rotate(queries, -at) @ rotate(keys, -at).T
    flip = torch.tensor([1.0, -1.0, 1.0, -1.0])  # changes the sign of every second number
    flipped = rotate(queries * flip, -at) @ rotate(keys * flip, -at).T
    print("turned the other way:", torch.allclose(forward, backward))
    print("and every second number negated:", torch.allclose(forward, flipped))
    # --8<-- [end:sign]

    # --8<-- [start:norm]
    x, at = torch.tensor([[1.0, 0.5]]), torch.tensor([1.0])
    for gain in ([1.0, 1.0], [2.0, 2.0], [2.0, 1.0]):
        gain = torch.tensor(gain)
        print(gain, rms_norm(rotate(x, at), gain), rotate(rms_norm(x, gain), at))
    # --8<-- [end:norm]

    # --8<-- [start:offset]
    torch.manual_seed(0)
    query, keys, at = torch.randn(1, 4), torch.randn(3, 4), torch.arange(3.0)
    whole = rotate(query, at[2:]) @ rotate(keys, at).T
    for position in (0.0, 2.0):
        cached = rotate(query, torch.tensor([position])) @ rotate(keys, at).T
        print(f"new token at position {position:g}:", torch.allclose(cached, whole))
    # --8<-- [end:offset]

    # --8<-- [start:evicted]
    torch.manual_seed(0)
    query, keys = torch.randn(1, 4), torch.randn(4, 4)
    kept = torch.tensor([0.0, 2.0, 3.0])  # token 1 was dropped from the cache
    cached = rotate(keys[kept.long()], kept)
    for name, position in (("rows in the cache", 3.0), ("tokens seen so far", 4.0)):
        print(name, rotate(query, torch.tensor([position])) @ cached.T)
    # --8<-- [end:evicted]

    # --8<-- [start:renumbered]
    kept, query_at = torch.tensor([0, 1, 6, 7, 8]), 9  # two sinks, and a window of three
    print("distances in the text: ", query_at - kept)
    print("distances in the cache:", len(kept) - torch.arange(len(kept)))
    # --8<-- [end:renumbered]
