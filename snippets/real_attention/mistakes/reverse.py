# SPDX-License-Identifier: MIT
import torch
from torch import nn

from snippets.real_attention.mistakes.merge import merged_by_token, merged_without_transpose
from snippets.real_attention.trained_head.head import accuracy, learn

# --8<-- [start:model]
length, n_tokens, d_model, n_heads = 16, 8, 32, 4


class Reverser(nn.Module):
    def __init__(self, merge):
        super().__init__()
        self.merge = merge
        self.token = nn.Embedding(n_tokens, d_model)
        self.place = nn.Embedding(length, d_model)
        self.project = nn.Linear(d_model, 3 * d_model)
        self.read_out = nn.Linear(d_model, n_tokens)

    def forward(self, tokens):  # (batch, length)
        projected = self.project(self.token(tokens) + self.place.weight)
        split = projected.view(-1, length, 3, n_heads, d_model // n_heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)  # by heads
        scores = queries @ keys.transpose(-2, -1) / queries.shape[-1] ** 0.5
        self.weights = scores.softmax(dim=-1)  # (batch, heads, queries, keys)
        return self.read_out(self.merge(self.weights @ values))


# --8<-- [end:model]


# --8<-- [start:train]
def trained(merge):
    torch.manual_seed(0)
    model = Reverser(merge)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    unseen, curve = torch.randint(n_tokens, (200, length)), {}
    for step in range(201):
        if step % 20 == 0:
            curve[step] = accuracy(model, unseen, unseen.flip(1))
        tokens = torch.randint(n_tokens, (32, length))
        learn(model, optimizer, tokens, tokens.flip(1))
    return model, curve


# --8<-- [end:train]

if __name__ == "__main__":
    # --8<-- [start:reverse]
    torch.set_num_threads(1)  # tiny tensors: a second thread would only wait
    wrong, wrong_curve = trained(merged_without_transpose)
    right, right_curve = trained(merged_by_token)
    for step in (0, 20, 40, 60, 200):
        w, r = wrong_curve[step], right_curve[step]
        print(f"step {step:3}: {w:4.0%} merged wrongly, {r:4.0%} rightly")
    # --8<-- [end:reverse]
