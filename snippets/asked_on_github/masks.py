# SPDX-License-Identifier: MIT
# --8<-- [start:weights_of]
import math

import torch
import torch.nn.functional as F

attend = F.scaled_dot_product_attention


def weights_of(queries, keys, **options):
    one_hot = torch.eye(len(keys))
    return attend(queries, keys, one_hot, **options)


# --8<-- [end:weights_of]

if __name__ == "__main__":
    # --8<-- [start:causal_alignment]
    q, k = torch.zeros(2, 4), torch.zeros(5, 4)
    weights = weights_of(q, k, is_causal=True)
    print("is_causal:\n", (weights > 0).int())
    lower_right = torch.ones(2, 5).tril(5 - 2)
    print("what a cache needs:\n", lower_right.int())
    # --8<-- [end:causal_alignment]

    # --8<-- [start:one_query]
    keys = torch.tensor([[1.0, 2], [3, 1], [0, 4]])
    for query in ([1.0, 0], [0.0, 1], [5.0, 5]):
        query = torch.tensor([query])  # one at a time
        weights = weights_of(query, keys, is_causal=True)
        print("weights:", weights[0])
    # --8<-- [end:one_query]

    # --8<-- [start:lower_right]
    from torch.nn.attention import bias

    mask = bias.causal_lower_right(2, 5)
    q, k = torch.zeros(1, 2, 4), torch.zeros(1, 5, 4)
    one_hot = torch.eye(5)[None]
    weights = attend(q, k, one_hot, attn_mask=mask)
    print("seen:\n", (weights[0] > 0).int())
    # --8<-- [end:lower_right]

    # --8<-- [start:conventions]
    q, k = torch.zeros(2, 4), torch.zeros(5, 4)
    sees = weights_of(q, k, is_causal=True) > 0
    ones = torch.ones(2, 5, dtype=torch.bool)
    print("PyTorch upper left:", sees.equal(ones.tril()))
    print("or lower right:", sees.equal(ones.tril(5 - 2)))
    # --8<-- [end:conventions]

    # --8<-- [start:chunk_past]
    q, k = torch.zeros(2, 4), torch.zeros(5, 4)
    ones = torch.ones(2, 5, dtype=torch.bool)
    for name, past in ("is_causal", 0), ("shifted", 3):
        mask = ones.tril(past)
        weights = weights_of(q, k, attn_mask=mask)
        print(f"{name}: keys seen", (weights > 0).sum(-1))
    # --8<-- [end:chunk_past]

    # --8<-- [start:chunk_future]
    q, k = torch.zeros(2, 4), torch.zeros(5, 4)
    mask = torch.ones(2, 5, dtype=torch.bool).tril(3)
    for name, given in ("no mask", None), ("mask", mask):
        future = weights_of(q, k, attn_mask=given)[0, 4]
        print(f"{name}: {future:.1f} for the future")
    # --8<-- [end:chunk_future]

    # --8<-- [start:leak]
    torch.manual_seed(0)
    x = torch.randn(4, 8)
    changed = torch.cat([x[:3], x[3:] + 1])  # token 4
    ones = torch.ones(4, 4, dtype=torch.bool)
    for name in ("triu", "tril"):
        upper = name == "triu"
        mask = ones.triu(1) if upper else ones.tril()
        before = attend(x, x, x, mask)[0]
        after = attend(x, changed, changed, mask)[0]
        print(f"{name} leaks: {not before.equal(after)}")
    # --8<-- [end:leak]

    # --8<-- [start:polarity]
    x = torch.eye(2)[None]
    mask = torch.tensor([[True, False], [True, False]])
    weights = weights_of(x[0], x[0], attn_mask=mask)
    print("function, weights of key 1:", weights[:, 0])
    layer = torch.nn.MultiheadAttention(2, 1)
    _, weights = layer(x[0], x[0], x[0], attn_mask=mask)
    weights = weights.detach()
    print("layer, weights of key 1:", weights[:, 0])
    # --8<-- [end:polarity]

    # --8<-- [start:float_mask]
    x = torch.zeros(3, 2)
    layer = torch.nn.MultiheadAttention(2, 1)
    for last in (1, -math.inf):
        mask = torch.tensor([0.0, 0, last])
        _, w = layer(x, x, x, key_padding_mask=mask)
        print("mask:   ", mask)
        print("weights:", w[0].detach())
    # --8<-- [end:float_mask]

    # --8<-- [start:hint]
    x = torch.zeros(3, 2)
    layer = torch.nn.MultiheadAttention(2, 1)
    try:
        layer(x, x, x, is_causal=True)
    except RuntimeError as error:
        print(str(error).split(".")[0])
    # --8<-- [end:hint]

    # --8<-- [start:all_padding]
    mask = torch.tensor([[True, True], [False, False]])
    mended = mask | ~mask.any(dim=-1, keepdim=True)
    for name, seen in ("before", mended), ("after", mask):
        scores = torch.ones(2, 2, requires_grad=True)
        bias = torch.zeros(2, 2)
        bias[~seen] = -math.inf
        weights = (scores + bias).softmax(dim=-1)
        weights = weights.masked_fill(~mask, 0)
        weights.square().sum().backward()
        gradient = scores.grad[1]
        print(f"mended {name} the softmax:", gradient)
    # --8<-- [end:all_padding]

    # --8<-- [start:empty_row]
    x = torch.ones(1, 2)
    smallest = torch.finfo(torch.float32).min
    for value in (False, -math.inf, smallest):
        mask = torch.tensor([[value]])
        weight = weights_of(x, x, attn_mask=mask)
        print(f"{value}: weight {weight.item()}")
    # --8<-- [end:empty_row]

    # --8<-- [start:poison]
    mask = torch.tensor([[True, False]])
    x = torch.ones(2, 2)
    values = torch.tensor([[1.0], [math.nan]])
    outputs = attend(x, x, values, attn_mask=mask)
    print("NaN behind the mask:", outputs[:, 0])
    clean = values.masked_fill(~mask.T, 0)
    outputs = attend(x, x, clean, attn_mask=mask)
    print("set to 0 before:    ", outputs[:, 0])
    # --8<-- [end:poison]

    # --8<-- [start:columns]
    real = torch.tensor([True, True, False])
    columns = real[None, :].expand(3, 3)
    both = real[:, None] & real[None, :]
    print("columns:", columns.any(dim=-1))
    print("and rows:", both.any(dim=-1))
    # --8<-- [end:columns]

    # --8<-- [start:how_small]
    for dtype in (torch.float32, torch.float16):
        print(f"{dtype}: with a key, without one")
        for fill in (-math.e, -1e4, -1e9, -math.inf):
            rows = torch.tensor([[0, fill], [fill, fill]])
            weights = rows.to(dtype).softmax(dim=-1)
            one, none = weights[:, 1].tolist()
            print(f"{fill:8.3g}: {one:.2f} {none:.2f}")
    # --8<-- [end:how_small]

    # --8<-- [start:right_padding]
    torch.manual_seed(0)
    x = torch.randn(5, 4)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    right = torch.tensor([True, True, True, False, False])
    for name in ("right", "left"):
        real = right if name == "right" else right.flip(0)
        without = weights_of(x, x, attn_mask=causal)
        masked = weights_of(x, x, attn_mask=causal & real)
        same = without[real].equal(masked[real])
        print(f"padding on the {name}: same {same}")
    # --8<-- [end:right_padding]

    # --8<-- [start:left_padding]
    torch.manual_seed(0)
    x = torch.randn(3, 4)
    alone = attend(x, x, x, is_causal=True)
    padded = torch.cat([torch.zeros(2, 4), x])
    real = torch.tensor([False, False, True, True, True])
    mask = torch.ones(5, 5).tril().bool() & real
    outputs = attend(padded, padded, padded, mask)[2:]
    print("same:", outputs.allclose(alone, atol=1e-6))
    # --8<-- [end:left_padding]
