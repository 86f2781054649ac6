# SPDX-License-Identifier: MIT
# --8<-- [start:weights_of]
import math

import torch
import torch.nn.functional as F


def weights_of(queries, keys, **options):
    """The weights: with the rows of an identity matrix as values, they are the outputs."""
    return F.scaled_dot_product_attention(queries, keys, torch.eye(len(keys)), **options)


# --8<-- [end:weights_of]

if __name__ == "__main__":
    # --8<-- [start:causal_alignment]
    weights = weights_of(torch.zeros(2, 4), torch.zeros(5, 4), is_causal=True)
    print("is_causal:\n", (weights > 0).int())
    lower_right = torch.ones(2, 5, dtype=torch.bool).tril(diagonal=5 - 2)
    print("what a cache needs:\n", lower_right.int())
    # --8<-- [end:causal_alignment]

    # --8<-- [start:one_query]
    queries = torch.tensor([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]])
    keys = torch.tensor([[1.0, 2.0], [3.0, 1.0], [0.0, 4.0]])
    for query in queries:  # three different queries, one at a time
        print(weights_of(query[None], keys, is_causal=True))
    # --8<-- [end:one_query]

    # --8<-- [start:lower_right]
    from torch.nn.attention.bias import causal_lower_right

    torch.manual_seed(0)
    queries, keys, values = torch.randn(1, 1, 2, 4), torch.randn(1, 1, 5, 4), torch.eye(5)
    theirs = F.scaled_dot_product_attention(
        queries, keys, values[None, None], attn_mask=causal_lower_right(2, 5)
    )
    print((theirs[0, 0] > 0).int())
    # --8<-- [end:lower_right]

    # --8<-- [start:conventions]
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 4), torch.randn(5, 4)
    upper_left = weights_of(queries, keys, attn_mask=torch.ones(2, 5, dtype=torch.bool).tril())
    lower_right = torch.ones(2, 5, dtype=torch.bool).tril(diagonal=3)
    lower_right = weights_of(queries, keys, attn_mask=lower_right)
    torch_gives = weights_of(queries, keys, is_causal=True)
    print("PyTorch agrees with upper left:", torch.allclose(torch_gives, upper_left))
    print("and with lower right:", torch.allclose(torch_gives, lower_right))
    # --8<-- [end:conventions]

    # --8<-- [start:chunk_past]
    queries, keys = torch.zeros(2, 4), torch.zeros(5, 4)  # 3 tokens are in the cache already
    for name, diagonal in (("is_causal", 0), ("shifted by the past", 3)):
        mask = torch.ones(2, 5, dtype=torch.bool).tril(diagonal)
        print(f"{name}: keys per query", weights_of(queries, keys, attn_mask=mask).gt(0).sum(-1))
    # --8<-- [end:chunk_past]

    # --8<-- [start:chunk_future]
    queries, keys = torch.zeros(2, 4), torch.zeros(5, 4)
    no_mask = weights_of(queries, keys)
    print("without a mask, query 1 of the chunk gives its future", no_mask[0, 4].item())
    mask = torch.ones(2, 5, dtype=torch.bool).tril(3)
    print("with one", weights_of(queries, keys, attn_mask=mask)[0, 4].item())
    # --8<-- [end:chunk_future]

    # --8<-- [start:leak]
    torch.manual_seed(0)
    x = torch.randn(4, 8)
    changed = x.clone()
    changed[3] += 1  # only the last token
    for name, mask in (("triu", torch.ones(4, 4).triu(1)), ("tril", torch.ones(4, 4).tril())):
        outputs, others = (
            F.scaled_dot_product_attention(x, x, rows, attn_mask=mask.bool())
            for rows in (x, changed)
        )
        print(f"{name}: token 1 notices the change of token 4:", bool((outputs != others)[0].any()))
    # --8<-- [end:leak]

    # --8<-- [start:polarity]
    x = torch.eye(2)[None]
    module = torch.nn.MultiheadAttention(2, 1, batch_first=True)
    mask = torch.tensor([[True, False], [True, False]])
    _, weights = module(x, x, x, attn_mask=mask)
    print("the function, weights on key 1:", weights_of(x[0], x[0], attn_mask=mask)[:, 0])
    print("the module, weights on key 1:", weights[0, :, 0].detach())
    # --8<-- [end:polarity]

    # --8<-- [start:float_mask]
    x = torch.zeros(1, 3, 2)
    module = torch.nn.MultiheadAttention(2, 1, batch_first=True)
    for padding in ([0.0, 0.0, 1.0], [0.0, 0.0, -math.inf]):
        _, weights = module(x, x, x, key_padding_mask=torch.tensor([padding]))
        print(padding, weights[0, 0].detach())
    # --8<-- [end:float_mask]

    # --8<-- [start:hint]
    x = torch.zeros(1, 3, 2)
    module = torch.nn.MultiheadAttention(2, 1, batch_first=True)
    try:
        module(x, x, x, is_causal=True)
    except RuntimeError as error:
        print(error)
    # --8<-- [end:hint]

    # --8<-- [start:all_padding]
    mask = torch.tensor([[True, True], [False, False]])  # query 2 has no key
    for name, allowed in (("before", mask | ~mask.any(dim=-1, keepdim=True)), ("after", mask)):
        scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        bias = torch.zeros(2, 2).masked_fill(~allowed, -math.inf)
        weights = (scores + bias).softmax(dim=-1).masked_fill(~mask, 0)
        weights.square().sum().backward()
        print(f"row mended {name} the softmax, gradient of query 2:", scores.grad[1])
    # --8<-- [end:all_padding]

    # --8<-- [start:empty_row]
    x = torch.ones(1, 2)
    nothing = torch.zeros(1, 1, dtype=torch.bool)
    minus_infinity = torch.full((1, 1), -math.inf)
    smallest = torch.full((1, 1), torch.finfo(torch.float32).min)
    for name, mask in (("False", nothing), ("-inf", minus_infinity), ("finfo.min", smallest)):
        print(f"{name}: weight {weights_of(x, x, attn_mask=mask).item()}")
    # --8<-- [end:empty_row]

    # --8<-- [start:poison]
    values = torch.tensor([[1.0], [math.nan]])  # key 2 is padding, and its value was never set
    x, mask = torch.ones(2, 2), torch.tensor([[True, False]])
    print(F.scaled_dot_product_attention(x, x, values, attn_mask=mask).T)
    clean = values.masked_fill(~mask.T, 0)
    print(F.scaled_dot_product_attention(x, x, clean, attn_mask=mask).T)
    # --8<-- [end:poison]

    # --8<-- [start:columns]
    real = torch.tensor([True, True, False])  # the third token is padding
    columns = real[None, :].expand(3, 3)
    both = real[:, None] & real[None, :]
    print("columns only:", columns.any(dim=-1))
    print("rows as well:", both.any(dim=-1))
    # --8<-- [end:columns]

    # --8<-- [start:how_small]
    for dtype in (torch.float32, torch.float16):
        for fill in (-1e4, -1e9, -math.inf):
            one_key = torch.tensor([0, fill], dtype=dtype).softmax(dim=-1)
            no_key = torch.tensor([fill, fill], dtype=dtype).softmax(dim=-1)
            print(f"{str(dtype)[6:]} {fill:8g}", one_key.tolist(), no_key.tolist())
    # --8<-- [end:how_small]

    # --8<-- [start:right_padding]
    torch.manual_seed(0)
    x = torch.randn(5, 4)  # three tokens, then two of padding
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    real = torch.tensor([True, True, True, False, False])
    for name, keys in (("right", real), ("left", real.flip(0))):
        alone = weights_of(x, x, attn_mask=causal)
        padded = weights_of(x, x, attn_mask=causal & keys)
        same = torch.equal(alone[keys], padded[keys])
        print(f"padding on the {name}: same for real tokens:", same)
    # --8<-- [end:right_padding]

    # --8<-- [start:left_padding]
    torch.manual_seed(0)
    x = torch.randn(3, 4)
    alone = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    padded = torch.cat([torch.zeros(2, 4), x])
    mask = torch.ones(5, 5, dtype=torch.bool).tril() & torch.tensor([0, 0, 1, 1, 1]).bool()
    outputs = F.scaled_dot_product_attention(padded, padded, padded, attn_mask=mask)
    print("the same up to rounding:", torch.allclose(outputs[2:], alone, atol=1e-6))
    # --8<-- [end:left_padding]
