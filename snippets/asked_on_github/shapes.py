# SPDX-License-Identifier: MIT
import torch

if __name__ == "__main__":
    # --8<-- [start:view]
    x = torch.arange(6).view(3, 2)  # token t holds 2t and 2t + 1
    print("two heads by view alone:\n", x.view(2, 3, 1)[..., 0])
    print("by view and transpose:\n", x.view(3, 2, 1).transpose(0, 1)[..., 0])
    # --8<-- [end:view]

    # --8<-- [start:merge]
    outputs = torch.arange(8).view(2, 2, 2)  # (heads, tokens, d_k)
    print("reshape alone, token 1:", outputs.reshape(2, 4)[0])
    print("transpose, then reshape:", outputs.transpose(0, 1).reshape(2, 4)[0])
    # --8<-- [end:merge]

    # --8<-- [start:mask_repeat]
    masks = torch.tensor([1, 2])  # one per text
    heads = 3
    print("scores are (batch x heads):", masks.repeat_interleave(heads))
    print("scores are (heads x batch):", masks.repeat(heads))
    # --8<-- [end:mask_repeat]

    # --8<-- [start:batch_first]
    torch.manual_seed(0)
    batch = torch.randn(2, 3, 4)  # (batch, inputs, d_model)
    changed = batch.clone()
    changed[1] += 1  # only the second text
    for batch_first in (True, False):
        layer = torch.nn.MultiheadAttention(4, 1, batch_first=batch_first)
        before, after = (layer(x, x, x)[0][0] for x in (batch, changed))
        print(f"batch_first={batch_first}: text 1 notices:", not torch.equal(before, after))
    # --8<-- [end:batch_first]

    # --8<-- [start:einsum]
    torch.manual_seed(0)
    x, w_query = torch.randn(3, 4), torch.randn(4, 4)
    print("square:", torch.allclose(torch.einsum("nd,kd->nk", x, w_query), x @ w_query))
    try:
        torch.einsum("nd,kd->nk", x, torch.randn(4, 5))
    except RuntimeError:
        print("not square: refused, so the letters were wrong")
    # --8<-- [end:einsum]

    # --8<-- [start:softmax_axis]
    scores = torch.tensor([[2.0, 4.0], [4.0, 16.0]])  # (queries, keys)
    for dim in (0, 1):
        weights = scores.softmax(dim=dim)
        print(f"dim={dim}: rows sum to", weights.sum(dim=1), "columns to", weights.sum(dim=0))
    # --8<-- [end:softmax_axis]

    # --8<-- [start:one_key]
    scores = torch.tensor([[3.0, 4.0, 1.0]])  # one query, three keys
    print("dim=0:", scores.softmax(dim=0))
    print("dim=-1:", scores.softmax(dim=-1))
    # --8<-- [end:one_key]

    # --8<-- [start:grouped]
    key_heads = torch.tensor([0, 1])  # two heads of keys for four heads of queries
    print("repeat_interleave:", key_heads.repeat_interleave(2))
    print("repeat:", key_heads.repeat(2))
    # --8<-- [end:grouped]

    # --8<-- [start:grouped_axis]
    keys = torch.zeros(1, 5, 2, 8)  # one text, 5 keys, 2 heads
    print("axis 1:", tuple(keys.repeat_interleave(2, dim=1).shape))
    print("axis 2:", tuple(keys.repeat_interleave(2, dim=2).shape))
    # --8<-- [end:grouped_axis]
