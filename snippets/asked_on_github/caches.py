# SPDX-License-Identifier: MIT
import math

import torch
import torch.nn.functional as F

if __name__ == "__main__":
    # --8<-- [start:harness]
    torch.manual_seed(0)
    queries, keys, values = torch.randn(3, 5, 4)  # five tokens
    full = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    for t in range(5):
        cached = F.scaled_dot_product_attention(queries[t : t + 1], keys[: t + 1], values[: t + 1])
        print(f"token {t + 1}:", torch.allclose(cached, full[t], atol=1e-6))
    # --8<-- [end:harness]

    # --8<-- [start:rounding]
    for dtype in (torch.float32, torch.bfloat16):
        large, small = torch.tensor([1.0, 1 / 256], dtype=dtype)
        print(dtype, ((large + small) + small).item(), (large + (small + small)).item())
    # --8<-- [end:rounding]

    # --8<-- [start:blocks]
    torch.manual_seed(0)
    query, keys, values = torch.randn(1, 4), torch.randn(6, 4), torch.randn(6, 4)
    table = [2, 0, 1]  # block 1 of the text lies in place 2 of the memory
    stored = [block.view(3, 2, 4)[torch.tensor([1, 2, 0])] for block in (keys, values)]
    read = [block[torch.tensor(table)].view(6, 4) for block in stored]
    wrong = [block[torch.tensor([0, 1, 1])].view(6, 4) for block in stored]
    attend = F.scaled_dot_product_attention
    print("read by its table:", torch.equal(attend(query, *read), attend(query, keys, values)))
    print("one wrong entry:", torch.equal(attend(query, *wrong), attend(query, keys, values)))
    # --8<-- [end:blocks]

    # --8<-- [start:unused_rows]
    torch.manual_seed(0)
    query, keys, values = torch.randn(1, 4), torch.zeros(8, 4), torch.zeros(8, 4)
    keys[:3], values[:3] = torch.randn(3, 4), torch.ones(3, 4)  # three of eight places are in use
    print("all places:", F.scaled_dot_product_attention(query, keys, values))
    print("those in use:", F.scaled_dot_product_attention(query, keys[:3], values[:3]))
    # --8<-- [end:unused_rows]

    # --8<-- [start:window]
    behind = torch.arange(6)[:, None] - torch.arange(6)  # how far each key lies behind its query
    for name, most in (("W counts the token itself", 3 - 1), ("W tokens before it", 3)):
        allowed = (behind >= 0) & (behind <= most)
        print(f"{name}, W = 3: keys of the last query:", int(allowed[-1].sum()))
    # --8<-- [end:window]

    # --8<-- [start:window_decode]
    torch.manual_seed(0)
    queries, keys, values = torch.randn(3, 6, 4)
    behind = torch.arange(6)[:, None] - torch.arange(6)
    full = F.scaled_dot_product_attention(
        queries, keys, values, attn_mask=(behind >= 0) & (behind < 3)
    )
    for name, start in (("whole cache", 0), ("last three", 3)):
        step = F.scaled_dot_product_attention(queries[5:], keys[start:], values[start:])
        print(f"{name}:", torch.allclose(step, full[5:], atol=1e-6))
    # --8<-- [end:window_decode]

    # --8<-- [start:sink]
    scores, sink = torch.tensor([2.0, 1.0, 0.0]), torch.tensor([0.5])
    dropped = torch.cat([scores, sink]).softmax(dim=-1)[:3]
    scaled = scores.softmax(dim=-1) * torch.sigmoid(scores.logsumexp(-1) - sink)
    print("one more column, then dropped:", dropped)
    print("times sigmoid(lse - sink):    ", scaled)
    # --8<-- [end:sink]

    # --8<-- [start:softcap]
    scores = torch.tensor([10.0, 50.0, 100.0, 500.0])
    print(50 * torch.tanh(scores / 50))
    # --8<-- [end:softcap]

    # --8<-- [start:sixteen_bits]
    torch.manual_seed(0)
    queries, keys, values = torch.randn(3, 64, 64)
    exact = F.scaled_dot_product_attention(queries, keys, values)
    low = [one.bfloat16() for one in (queries, keys, values)]
    fused = F.scaled_dot_product_attention(*low).float()
    plain = ((low[0] @ low[1].T / 8).softmax(dim=-1) @ low[2]).float()
    fused, plain = ((one - exact).abs().max() for one in (fused, plain))
    print("the kernel is at most twice as far off as plain 16 bits:", bool(fused <= 2 * plain))
    # --8<-- [end:sixteen_bits]

    # --8<-- [start:merge]
    torch.manual_seed(0)
    query, keys, values = torch.randn(1, 4), torch.randn(6, 4), torch.randn(6, 2)
    scores = query @ keys.T / 2
    parts = [(scores[:, part], values[part]) for part in (slice(0, 3), slice(3, 6))]
    outputs = torch.stack([part.softmax(dim=-1) @ rows for part, rows in parts])
    shares = torch.stack([part.logsumexp(dim=-1) for part, _ in parts]).softmax(dim=0)
    print((shares[..., None] * outputs).sum(dim=0))
    print(scores.softmax(dim=-1) @ values)
    # --8<-- [end:merge]

    # --8<-- [start:first_tile]
    so_far, tile = torch.tensor(-math.inf), torch.tensor([-math.inf, -math.inf])
    largest = torch.maximum(so_far, tile.max())
    print("factor for what was summed so far:", torch.exp(so_far - largest))
    largest = largest.clamp(min=torch.finfo(torch.float32).min)
    print("with a finite bound:", torch.exp(so_far - largest))
    # --8<-- [end:first_tile]
