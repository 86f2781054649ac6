# SPDX-License-Identifier: MIT
import math

import torch
import torch.nn.functional as F

attend = F.scaled_dot_product_attention

if __name__ == "__main__":
    # --8<-- [start:harness]
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 5, 4)  # five tokens
    full = attend(q, k, v, is_causal=True)
    for t in range(1, 6):
        step = attend(q[t - 1 : t], k[:t], v[:t])
        same = step.allclose(full[t - 1], atol=1e-6)
        print(f"token {t}: {same}")
    # --8<-- [end:harness]

    # --8<-- [start:rounding]
    for dtype in (torch.float32, torch.bfloat16):
        one, small = torch.tensor([1, 2**-8], dtype=dtype)
        left = ((one + small) + small).item()
        right = (one + (small + small)).item()
        print(f"{dtype}: left {left}, right {right}")
    # --8<-- [end:rounding]

    # --8<-- [start:blocks]
    torch.manual_seed(0)
    q, (k, v) = torch.randn(1, 4), torch.randn(2, 6, 4)
    expected = attend(q, k, v)
    order = [1, 2, 0]  # of the blocks in memory
    stored = [x.view(3, 2, 4)[order] for x in (k, v)]
    for table in ([2, 0, 1], [0, 0, 1]):
        read = [x[table].view(6, 4) for x in stored]
        same = attend(q, *read).equal(expected)
        print(f"table {table}: {same}")
    # --8<-- [end:blocks]

    # --8<-- [start:unused_rows]
    torch.manual_seed(0)
    query, keys = torch.randn(1, 4), torch.zeros(8, 4)
    values = torch.zeros(8, 4)
    keys[:3], values[:3] = torch.randn(3, 4), 1
    print("all:", attend(query, keys, values))
    print("in use:", attend(query, keys[:3], values[:3]))
    # --8<-- [end:unused_rows]

    # --8<-- [start:window]
    at = torch.arange(6)
    behind = at[:, None] - at  # (queries, keys)
    for name, far in ("with itself", 2), ("before it", 3):
        seen = (behind >= 0) & (behind <= far)
        print(f"3 {name}: {seen[-1].sum()} keys")
    # --8<-- [end:window]

    # --8<-- [start:window_decode]
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 6, 4)
    at = torch.arange(6)
    behind = at[:, None] - at  # (queries, keys)
    full = attend(q, k, v, (behind >= 0) & (behind < 3))
    for start in (0, 3):
        step = attend(q[5:], k[start:], v[start:])
        same = step.allclose(full[5:], atol=1e-6)
        print(f"cache from {start}: {same}")
    # --8<-- [end:window_decode]

    # --8<-- [start:sink]
    scores = torch.tensor([2.0, 1.0, 0.0])
    sink = torch.tensor([0.5])
    column = torch.cat([scores, sink]).softmax(-1)[:3]
    share = (scores.logsumexp(-1) - sink).sigmoid()
    print("column, dropped:", column)
    print("times sigmoid:  ", scores.softmax(-1) * share)
    # --8<-- [end:sink]

    # --8<-- [start:softcap]
    scores = torch.tensor([10.0, 50.0, 100.0, 500.0])
    print("capped:", 50 * torch.tanh(scores / 50))
    # --8<-- [end:softcap]

    # --8<-- [start:sixteen_bits]
    torch.manual_seed(0)
    exact = torch.randn(3, 64, 64)
    q, k, v = exact.bfloat16()
    plain = (q @ k.T / 8).softmax(-1) @ v
    kernel = attend(q, k, v)
    right = attend(*exact)  # in 32 bits
    a, b = (plain - right).abs(), (kernel - right).abs()
    twice = b.max() <= 2 * a.max()
    print(f"at most twice as far off: {twice}")
    # --8<-- [end:sixteen_bits]

    # --8<-- [start:merge]
    torch.manual_seed(0)
    scores, values = torch.randn(6), torch.randn(6, 2)
    halves = scores.view(2, 3), values.view(2, 3, 2)
    outputs = halves[0].softmax(-1)[:, None] @ halves[1]
    shares = halves[0].logsumexp(-1).softmax(0)
    print("merged:", shares @ outputs[:, 0])
    print("whole: ", scores.softmax(-1) @ values)
    # --8<-- [end:merge]

    # --8<-- [start:first_tile]
    so_far = torch.tensor(-math.inf)
    tile = torch.full((2,), -math.inf)  # all masked
    largest = torch.maximum(so_far, tile.max())
    print("factor:", torch.exp(so_far - largest))
    bound = largest.clamp(min=-1e30)
    print("finite bound:", torch.exp(so_far - bound))
    # --8<-- [end:first_tile]
