# SPDX-License-Identifier: MIT
# --8<-- [start:hidden]
import torch

from snippets.real_attention.scaling.attention import scaled_scores
from snippets.real_attention.softmax.stable import softmax
from snippets.walkthrough.attention_scores import scores
from snippets.walkthrough.queries_keys_values import values

key_3 = torch.tensor([False, False, True])  # (keys,)
hidden_scores = scaled_scores.masked_fill(key_3, -torch.inf)
# --8<-- [end:hidden]

# --8<-- [start:hidden_weights]
hidden_weights = softmax(hidden_scores, dim=-1)  # (queries, keys)
# --8<-- [end:hidden_weights]


# --8<-- [start:at]
def at(temperature):
    return softmax(scores[1] / temperature, dim=-1)  # (keys,)


# --8<-- [end:at]

if __name__ == "__main__":
    # --8<-- [start:temperatures]
    for temperature in 0.1, 1, 3**0.5, 4, 100:
        shares = [f"{weight:.3f}" for weight in at(temperature)]
        print(f"temperature {temperature:6.2f}:", *shares)
    # --8<-- [end:temperatures]

    # --8<-- [start:picture]
    import matplotlib.pyplot as plt

    title = "The weights of query 2 by temperature"
    figure, axes = plt.subplots(figsize=(6, 3), num=title)
    steps = torch.logspace(-1, 2, 61)
    axes.semilogx(steps, torch.stack([at(step) for step in steps]), color="C5")
    axes.set_xticks([0.1, 1, 3**0.5, 10, 100], ["0.1", "1", "√3", "10", "100"])
    axes.set(xlabel="temperature", ylabel="weight", ylim=(0, 1.05))
    axes.minorticks_off()
    axes.text(6, 0.68, "key 2")
    axes.text(6, 0.34, "key 3", ha="right")
    axes.text(8, 0.06, "key 1")
    figure.description = "; ".join(
        f"temperature {t}: weights " + ", ".join(f"{w:.2f}" for w in at(t))
        for t in (0.1, 1, 10, 100)
    )
    # --8<-- [end:picture]

    # --8<-- [start:show_hidden]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("key 3 hidden", hidden_weights, sep="\n")
    print("without key 3", softmax(scaled_scores[:, :2], dim=-1), sep="\n")
    # --8<-- [end:show_hidden]

    # --8<-- [start:nothing_left]
    query_3 = torch.tensor([[False], [False], [True]])  # (queries, 1)
    empty = scaled_scores.masked_fill(query_3, -torch.inf)
    first = softmax(empty, dim=-1) @ values  # (queries, d_v)
    print("weights", softmax(empty, dim=-1), sep="\n")
    print("row 3 of torch's softmax", empty.softmax(dim=-1)[2])
    print("outputs", first, sep="\n")
    # --8<-- [end:nothing_left]

    # --8<-- [start:spreads]
    from snippets.real_attention.scaling.attention import attention

    second = attention(first, first, first)  # (queries, d_v)
    print("outputs of the next layer", second, sep="\n")
    # --8<-- [end:spreads]
