# SPDX-License-Identifier: MIT
# --8<-- [start:text]
import torch

from snippets.real_attention.trained_head.head import OneHead, accuracy, learn

sentence = "attention is all you need"
alphabet = sorted(set(sentence))
text = torch.tensor([alphabet.index(letter) for letter in sentence])
pieces = text.unfold(0, 9, 1)  # (batch, 9): every run of nine letters
inputs, targets = pieces[:, :-1], pieces[:, 1:]  # each: (batch, length)
# --8<-- [end:text]


# --8<-- [start:followers]
def followers(known):
    """Letters that follow a run of letters in the sentence."""
    n = len(known)
    places = [i for i in range(n, len(sentence)) if sentence[i - n : i] == known]
    return sorted({sentence[i] for i in places})


# --8<-- [end:followers]


# --8<-- [start:previous]
def previous(weights):  # (..., queries, keys)
    """Mean weight of the previous key, over the queries that have one."""
    return weights.diagonal(offset=-1, dim1=-2, dim2=-1).mean().item()


# --8<-- [end:previous]


# --8<-- [start:train]
def trained(steps, by_position):
    torch.manual_seed(0)
    length = inputs.shape[1]
    model = OneHead(len(alphabet), length, True, by_position)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        learn(model, optimizer, inputs, targets)
    return model


# --8<-- [end:train]

if __name__ == "__main__":
    # --8<-- [start:show_followers]
    for known in ("t", "at", "nt"):
        print(f"after {known}:", followers(known))
    # --8<-- [end:show_followers]

    # --8<-- [start:free]
    torch.set_num_threads(1)
    free = trained(steps=200, by_position=False)
    free_right = accuracy(free, inputs, targets)
    free_share = previous(free.weights)
    print(f"{free_right:.0%} right, {free_share:.0%} on the previous letter")
    # --8<-- [end:free]

    # --8<-- [start:by_position]
    for steps in (0, 20, 200):
        model = trained(steps, by_position=True)
        right = accuracy(model, inputs, targets)
        share = previous(model.weights)
        print(f"{steps:3} steps: {right:.0%} right, {share:.0%} on the previous letter")
    # --8<-- [end:by_position]
