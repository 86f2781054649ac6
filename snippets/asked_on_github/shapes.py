# SPDX-License-Identifier: MIT
import torch
from torch import nn

if __name__ == "__main__":
    # --8<-- [start:view]
    x = torch.arange(6).view(3, 2)  # token t: 2t, 2t + 1
    print("view alone:\n", x.view(2, 3, 1)[..., 0])
    heads = x.view(3, 2, 1).transpose(0, 1)
    print("view and transpose:\n", heads[..., 0])
    # --8<-- [end:view]

    # --8<-- [start:merge]
    x = torch.arange(8).view(2, 2, 2)  # (heads, n, d_k)
    print("reshape alone:", x.reshape(2, 4)[0])
    merged = x.transpose(0, 1).reshape(2, 4)
    print("transpose first:", merged[0])
    # --8<-- [end:merge]

    # --8<-- [start:mask_repeat]
    masks = torch.tensor([1, 2])  # one for each text
    print("batch x heads:", masks.repeat_interleave(3))
    print("heads x batch:", masks.repeat(3))
    # --8<-- [end:mask_repeat]

    # --8<-- [start:batch_first]
    torch.manual_seed(0)
    batch = torch.randn(2, 3, 4)  # two texts
    other = torch.cat([batch[:1], batch[1:] + 1])
    for first in (True, False):
        option = {"batch_first": first}
        layer = nn.MultiheadAttention(4, 1, **option)
        before = layer(batch, batch, batch)[0][0]
        after = layer(other, other, other)[0][0]
        same = before.equal(after)
        print(f"batch_first={first}: same {same}")
    # --8<-- [end:batch_first]

    # --8<-- [start:einsum]
    torch.manual_seed(0)
    x, w = torch.randn(3, 4), torch.randn(4, 4)
    product = torch.einsum("nd,kd->nk", x, w)
    print("equals x @ w:", product.allclose(x @ w))
    try:
        torch.einsum("nd,kd->nk", x, torch.randn(4, 5))
    except RuntimeError:
        print("refused: the letters were wrong")
    # --8<-- [end:einsum]

    # --8<-- [start:softmax_axis]
    scores = torch.tensor([[2.0, 4.0], [4.0, 16.0]])
    for dim in (0, 1):
        weights = scores.softmax(dim=dim)
        print(f"dim={dim}: rows sum to {weights.sum(1)}")
    # --8<-- [end:softmax_axis]

    # --8<-- [start:one_key]
    scores = torch.tensor([[3.0, 4.0, 1.0]])  # one query
    print("dim=0:", scores.softmax(dim=0))
    print("dim=-1:", scores.softmax(dim=-1))
    # --8<-- [end:one_key]

    # --8<-- [start:grouped]
    key_heads = torch.tensor([0, 1])  # for 4 query heads
    print("interleave:", key_heads.repeat_interleave(2))
    print("repeat:", key_heads.repeat(2))
    # --8<-- [end:grouped]

    # --8<-- [start:grouped_axis]
    keys = torch.zeros(1, 5, 2, 8)  # 5 keys, 2 heads
    for axis in (1, 2):
        repeated = keys.repeat_interleave(2, dim=axis)
        print(f"axis {axis}:", tuple(repeated.shape))
    # --8<-- [end:grouped_axis]
