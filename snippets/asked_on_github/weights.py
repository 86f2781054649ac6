# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

attend = F.scaled_dot_product_attention


# --8<-- [start:layer]
class Layer(torch.nn.Module):
    def forward(self, x):
        return attend(x, x, x, dropout_p=0.5)


# --8<-- [end:layer]

if __name__ == "__main__":
    # --8<-- [start:averaged]
    one = torch.tensor([[1.0, 0], [0, 1]])
    other = torch.tensor([[0, 1.0], [1, 0]])
    print("their average:\n", (one + other) / 2)
    # --8<-- [end:averaged]

    # --8<-- [start:per_head]
    x = torch.randn(3, 4)
    layer = torch.nn.MultiheadAttention(4, 2)
    for average in (True, False):
        option = {"average_attn_weights": average}
        _, w = layer(x, x, x, **option)
        print(f"average {average}:", tuple(w.shape))
    # --8<-- [end:per_head]

    # --8<-- [start:no_weights]
    torch.manual_seed(0)
    q, k = torch.randn(2, 4), torch.randn(3, 4)
    read_off = attend(q, k, torch.eye(3))
    print("read off:\n", read_off)
    by_hand = (q @ k.T / 4**0.5).softmax(dim=-1)
    print("as by hand:", read_off.allclose(by_hand))
    # --8<-- [end:no_weights]

    # --8<-- [start:nowhere]
    scores = torch.tensor([6.0, 0, 0])  # no key fits
    values = torch.tensor([[0.0, 0], [5, 1], [1, 5]])
    weights = scores.softmax(dim=-1)
    print("weights:", weights)
    print("outputs:", weights @ values)
    # --8<-- [end:nowhere]

    # --8<-- [start:not_the_word]
    torch.manual_seed(0)
    texts = torch.randn(2, 4, 8)  # two, of four tokens
    texts[1, 0] = texts[0, 0]  # both begin alike
    outputs = attend(texts, texts, texts)
    for rows in (texts, outputs):
        one, other = rows[:, 0]
        same = F.cosine_similarity(one, other, dim=0)
        print(f"cosine: {same:.2f}")
    # --8<-- [end:not_the_word]

    # --8<-- [start:rows_in_training]
    torch.manual_seed(0)
    weights = torch.full((10_000, 5), 0.2)
    rows = F.dropout(weights, p=0.2).sum(dim=-1)
    print("four sums:", rows[:4])
    print(f"on average: {rows.mean():.2f}")
    # --8<-- [end:rows_in_training]

    # --8<-- [start:eval]
    torch.manual_seed(0)
    layer, x = Layer().eval(), torch.randn(3, 4)
    print("two calls agree:", layer(x).equal(layer(x)))
    # --8<-- [end:eval]

    # --8<-- [start:max_logits]
    torch.manual_seed(0)
    q, k = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    scores = q @ k.mT / 4**0.5  # (heads, queries, keys)
    print("largest per head:", scores.amax(dim=(-2, -1)))
    # --8<-- [end:max_logits]
