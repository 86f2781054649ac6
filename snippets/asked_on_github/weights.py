# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F


# --8<-- [start:layer]
class Layer(torch.nn.Module):
    def forward(self, x):
        return F.scaled_dot_product_attention(x, x, x, dropout_p=0.5)


# --8<-- [end:layer]

if __name__ == "__main__":
    # --8<-- [start:averaged]
    heads = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    print("head 1:\n", heads[0])
    print("head 2:\n", heads[1])
    print("their average:\n", heads.mean(dim=0))
    # --8<-- [end:averaged]

    # --8<-- [start:per_head]
    torch.manual_seed(0)
    x = torch.randn(1, 3, 4)
    layer = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    for average in (True, False):
        _, weights = layer(x, x, x, average_attn_weights=average)
        print(f"average_attn_weights={average}:", tuple(weights.shape))
    # --8<-- [end:per_head]

    # --8<-- [start:no_weights]
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 4), torch.randn(3, 4)
    read_off = F.scaled_dot_product_attention(queries, keys, torch.eye(3))
    computed = (queries @ keys.T / 4**0.5).softmax(dim=-1)
    print(read_off)
    print("the same as computed by hand:", torch.allclose(read_off, computed))
    # --8<-- [end:no_weights]

    # --8<-- [start:nowhere]
    scores = torch.tensor([6.0, 0.0, 0.0])  # nothing fits, but the first key is always there
    values = torch.tensor([[0.0, 0.0], [5.0, 1.0], [1.0, 5.0]])  # and its value is close to zero
    weights = scores.softmax(dim=-1)
    print("weights:", weights)
    print("outputs:", weights @ values)
    # --8<-- [end:nowhere]

    # --8<-- [start:not_the_word]
    torch.manual_seed(0)
    texts = torch.randn(2, 4, 8)  # (texts, tokens, d_model)
    texts[1, 0] = texts[0, 0]  # both begin with the same token
    outputs = F.scaled_dot_product_attention(texts, texts, texts)
    for name, rows in (("inputs", texts), ("outputs", outputs)):
        same = F.cosine_similarity(rows[0, 0], rows[1, 0], dim=0)
        print(f"{name}, cosine between the two first tokens: {same:.2f}")
    # --8<-- [end:not_the_word]

    # --8<-- [start:rows_in_training]
    torch.manual_seed(0)
    weights = torch.full((10_000, 5), 0.2)  # each row sums to 1
    rows = F.dropout(weights, p=0.2).sum(dim=-1)
    print("the first four rows sum to", rows[:4])
    print("on average:", rows.mean().round(decimals=2).item())
    # --8<-- [end:rows_in_training]

    # --8<-- [start:eval]
    torch.manual_seed(0)
    layer, x = Layer().eval(), torch.randn(3, 4)
    print("in eval mode, two calls agree:", torch.equal(layer(x), layer(x)))
    # --8<-- [end:eval]

    # --8<-- [start:max_logits]
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 4), torch.randn(2, 3, 4)  # two heads
    scores = queries @ keys.mT / 4**0.5
    print("largest score per head:", scores.amax(dim=(-2, -1)))
    # --8<-- [end:max_logits]
