# SPDX-License-Identifier: MIT
# --8<-- [start:slopes]
import math

import torch


def slopes(n_heads):
    power = 2 ** int(math.log2(n_heads))  # the largest power of 2
    steps = torch.arange(1, power + 1)  # (power,)
    between = (steps - 0.5)[: n_heads - power]  # for further heads
    return 2 ** (-8 * torch.cat([steps, between]) / power)  # (heads,)


# --8<-- [end:slopes]
# --8<-- [start:alibi]
def alibi(n_heads, n):
    positions = torch.arange(n)
    distances = (positions.unsqueeze(-1) - positions).abs()  # (n, n)
    return slopes(n_heads).view(-1, 1, 1) * -distances  # (heads, n, n)


# --8<-- [end:alibi]
if __name__ == "__main__":
    # --8<-- [start:show_alibi]
    print(slopes(8))
    print(alibi(8, 3)[0])
    # --8<-- [end:show_alibi]

    # --8<-- [start:weights]
    from snippets.walkthrough.queries_keys_values import keys, queries

    scores = queries @ keys.T / 3**0.5  # (queries, keys)
    weights = (scores + alibi(8, 3)[0]).softmax(dim=-1)
    print(scores.softmax(dim=-1)[0])
    print(weights[0])
    # --8<-- [end:weights]

    # --8<-- [start:picture] hidden
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(num="What distance leaves of a power of e", figsize=(6, 3.9))
    distances = torch.arange(17)
    left = alibi(8, 17)[:, 0].exp()  # (heads, keys=17), for the query at position 0
    for head in range(8):
        axes.plot(distances, left[head], color="C5", lw=2)
        at = 2 if head == 0 else 16
        up = {7: 0.03, 6: -0.005, 5: -0.02}.get(head, 0.015)  # labels that do not meet
        axes.text(at + 0.3, left[head, at] + up, f"1/{2 ** (head + 1)}", va="center")
    axes.set(xlabel="distance", ylim=(0, 1), xlim=(0, 16))
    axes.set_title("e to the power of the bias, for each slope", size=13)
    at_8 = ", ".join(f"{number:.3f}" for number in left[:, 8])
    figure.description = f"One falling curve for each head. At distance 8 there is left: {at_8}."
    # --8<-- [end:picture]
