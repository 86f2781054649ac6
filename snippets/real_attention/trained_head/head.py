# SPDX-License-Identifier: MIT
# --8<-- [start:model]
import math

import torch
import torch.nn.functional as F
from torch import nn


class OneHead(nn.Module):
    """A single head between an embedding and a prediction."""

    def __init__(self, n_tokens, length, is_causal=False, by_position=False):
        super().__init__()
        d_model = 32
        self.token = nn.Embedding(n_tokens, d_model)
        self.position = nn.Embedding(length, d_model)
        self.w_query = nn.Linear(d_model, d_model, bias=False)
        self.w_key = nn.Linear(d_model, d_model, bias=False)
        self.w_value = nn.Linear(d_model, d_model, bias=False)
        self.read_out = nn.Linear(d_model, n_tokens)
        mask = torch.ones(length, length, dtype=torch.bool)
        self.mask = mask.tril() if is_causal else mask  # (queries, keys)
        self.by_position = by_position  # queries, keys: positions only
        if by_position:
            nn.init.normal_(self.position.weight, std=0.1)  # even weights

    def forward(self, tokens):  # (batch, length)
        x = self.token(tokens)  # (batch, length, d_model)
        seen = self.position.weight.expand_as(x)  # (batch, length, d_model)
        if not self.by_position:
            x = seen = x + seen
        queries, keys = self.w_query(seen), self.w_key(seen)
        values = self.w_value(x)  # (batch, length, d_model)
        scores = queries @ keys.mT / math.sqrt(keys.shape[-1])
        scores = scores.masked_fill(~self.mask, -math.inf)
        self.weights = scores.softmax(dim=-1)  # (batch, queries, keys)
        return self.read_out(x + self.weights @ values)  # the logits


# --8<-- [end:model]


# --8<-- [start:learn]
def learn(model, optimizer, tokens, targets):
    """Run one training step."""
    logits = model(tokens)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# --8<-- [end:learn]


# --8<-- [start:accuracy]
def accuracy(model, tokens, targets):
    guesses = model(tokens).argmax(dim=-1)  # (batch, length)
    return (guesses == targets).float().mean().item()


# --8<-- [end:accuracy]
