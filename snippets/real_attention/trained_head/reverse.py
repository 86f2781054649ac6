# SPDX-License-Identifier: MIT
# --8<-- [start:task]
import torch

from snippets.real_attention.trained_head.head import OneHead, accuracy, learn

length, n_tokens = 10, 8


def examples(count):
    tokens = torch.randint(n_tokens, (count, length))  # (batch, length)
    return tokens, tokens.flip(1)


# --8<-- [end:task]


# --8<-- [start:mirrored]
def mirrored(weights):  # (..., queries, keys)
    """Mean weight of query i on the i-th key from the end."""
    return weights.flip(-1).diagonal(dim1=-2, dim2=-1).mean().item()


# --8<-- [end:mirrored]

if __name__ == "__main__":
    # --8<-- [start:train]
    torch.set_num_threads(1)  # tiny tensors: a second thread would only wait
    torch.manual_seed(0)
    model = OneHead(n_tokens, length)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    unseen, reversed_unseen = examples(200)
    maps, scores, right = {}, {}, {}
    for step in range(101):
        if step in (0, 10, 15, 20, 100):
            right[step] = accuracy(model, unseen, reversed_unseen)
            maps[step] = model.weights.detach().mean(dim=0)  # (queries, keys)
            scores[step] = mirrored(model.weights)
            told = f"{right[step]:4.0%} right, {scores[step]:4.0%} mirrored"
            print(f"step {step:3}: {told}")
        learn(model, optimizer, *examples(32))
    # --8<-- [end:train]
