# SPDX-License-Identifier: MIT
# --8<-- [start:rotate]
import torch


def rotate(x, positions, base=100.0):
    d_k = x.shape[-1]
    speeds = base ** (-torch.arange(0, d_k, 2) / d_k)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * cos - b * sin, a * sin + b * cos
    return torch.stack(turned, dim=-1).flatten(-2)


# --8<-- [end:rotate]


# --8<-- [start:rms_norm]
def rms_norm(x, gain):
    mean_square = x.square().mean(-1, keepdim=True)
    return x * mean_square.rsqrt() * gain


# --8<-- [end:rms_norm]

if __name__ == "__main__":
    # --8<-- [start:conventions]
    torch.manual_seed(0)
    q, k = torch.randn(2, 3, 4)
    at = torch.arange(3)
    neighbors = rotate(q, at) @ rotate(k, at).T
    order = [0, 2, 1, 3]  # makes neighbors of halves
    for columns in ([0, 1, 2, 3], order):
        a = rotate(q[:, columns][:, order], at)
        b = rotate(k[:, columns][:, order], at)
        same = neighbors.allclose(a @ b.T, atol=1e-6)
        print(f"columns {columns}: same scores {same}")
    # --8<-- [end:conventions]

    # --8<-- [start:sign]
    torch.manual_seed(0)
    q, k = torch.randn(2, 3, 4)
    at = torch.arange(3)
    scores = rotate(q, at) @ rotate(k, at).T
    for flip in ([1, 1, 1, 1], [1, -1, 1, -1]):
        flip = torch.tensor(flip)
        a = rotate(q * flip, -at)
        other = a @ rotate(k * flip, -at).T
        same = other.allclose(scores, atol=1e-6)
        print(f"backward, times {flip.tolist()}: {same}")
    # --8<-- [end:sign]

    # --8<-- [start:norm]
    x, at = torch.tensor([[1.0, 0.5]]), torch.ones(1)
    for gain in ([1.0, 1.0], [2.0, 2.0], [2.0, 1.0]):
        gain = torch.tensor(gain)
        print("gain", gain)
        turned = rms_norm(rotate(x, at), gain)
        print("turned first", turned)
        normed = rotate(rms_norm(x, gain), at)
        print("normed first", normed)
    # --8<-- [end:norm]

    # --8<-- [start:offset]
    torch.manual_seed(0)
    query, keys = torch.randn(1, 4), torch.randn(3, 4)
    cache = rotate(keys, torch.arange(3))
    whole = rotate(query, torch.tensor([2])) @ cache.T
    for at in (0, 2):
        turned = rotate(query, torch.tensor([at]))
        alone = turned @ cache.T
        print(f"new token at {at}: {alone.equal(whole)}")
    # --8<-- [end:offset]

    # --8<-- [start:evicted]
    torch.manual_seed(0)
    query, keys = torch.randn(1, 4), torch.randn(4, 4)
    kept = torch.tensor([0, 2, 3])  # token 1 was dropped
    cache = rotate(keys[kept], kept)
    for name, at in ("rows kept", 3), ("tokens seen", 4):
        turned = rotate(query, torch.tensor([at]))
        print(f"{name}:", turned @ cache.T)
    # --8<-- [end:evicted]

    # --8<-- [start:renumbered]
    kept = torch.tensor([0, 1, 6, 7, 8])  # the query is 9
    print("distances in the text: ", 9 - kept)
    print("distances in the cache:", 5 - torch.arange(5))
    # --8<-- [end:renumbered]
