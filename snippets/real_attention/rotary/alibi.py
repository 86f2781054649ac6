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
    print("slopes:", slopes(8))
    print("biases of head 1:", alibi(8, 3)[0], sep="\n")
    # --8<-- [end:show_alibi]

    # --8<-- [start:weights]
    from snippets.walkthrough.queries_keys_values import keys, queries

    scores = queries @ keys.T / 3**0.5  # (queries, keys)
    weights = (scores + alibi(8, 3)[0]).softmax(dim=-1)
    print("without biases:", scores.softmax(dim=-1)[0])
    print("with biases:   ", weights[0])
    # --8<-- [end:weights]
