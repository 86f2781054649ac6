# SPDX-License-Identifier: MIT
# folded
"""Probe an attention, broken or fixed: its weights, or the tokens that its rows hold.

The scores are computed here again, so that a page can show the sums behind the weights.
"""

import torch
import torch.nn.functional as F
from torch import nn

from snippets.walkthrough.inputs import x
from snippets.walkthrough.queries_keys_values import keys, queries

SCORES = queries @ keys.T / keys.shape[-1] ** 0.5  # (queries, keys)
CAUSAL = torch.ones(3, 3).tril().bool()  # (queries, keys)
TOKENS = torch.arange(1.0, 4).view(3, 1).expand(3, 4)  # (length, d_model), each its token
PLACES = torch.arange(1.0, 5).expand(3, 4)  # (length, d_model), each its place in the token
TWO_EXAMPLES = [f"token {token} of example {example}" for example in (1, 2) for token in (1, 2, 3)]


def masked(mask, scores=SCORES, fill=-torch.inf):
    return scores.where(mask, fill)


def weights_of(attention, *others, last=3):
    """Return the weights: the outputs for values that are the rows of an identity matrix."""
    return attention(queries[-last:], keys, torch.eye(3), *others)


def of_two_heads(attention):
    return attention(*(torch.stack([one, one]) for one in (queries, keys, torch.eye(3))))[0]


def of_a_layer(masked):
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, num_heads=1)

    def with_weights(*three, attn_mask, **_):
        return layer(*three, attn_mask=attn_mask)[1:]

    return masked(with_weights, x).detach()


def scores_of_a_layer(x):
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, num_heads=1)
    queries, keys, _ = F.linear(x, layer.in_proj_weight, layer.in_proj_bias).chunk(3, dim=-1)
    return (queries @ keys.mT / 4**0.5).detach()  # (queries, keys)


def shared_heads_of(attention):
    """Return one-hot rows (6, 2): which of two key heads each query head uses."""
    query_heads, key_heads = torch.zeros(1, 6, 1, 2), torch.zeros(1, 2, 1, 2)
    return attention(query_heads, key_heads, torch.eye(2).view(1, 2, 1, 2))[0, :, 0]


def between_tokens(make_layer):
    """Return the weights (6, 6) between all tokens of two examples of three tokens."""
    torch.manual_seed(0)
    batch = torch.stack([x, x + 1])  # (batch, length, d_model)
    weights = make_layer(4, 1)(batch, batch, batch)[1].detach()
    if len(weights) == 2:  # one table for each example
        return torch.block_diag(*weights)
    found = torch.zeros(2, 3, 2, 3)
    for token in range(3):  # one table for each token
        found[:, token, :, token] = weights[token]
    return found.reshape(6, 6)


def scores_between_tokens(shared):
    """Return the scores (6, 6), -inf unless query and key share the "token" or "example"."""
    place = torch.arange(6) % 3 if shared == "token" else torch.arange(6) // 3  # (inputs,)
    scores = scores_of_a_layer(torch.cat([x, x + 1]))
    return masked(place[:, None] == place, scores)


def of_a_model(make_model):
    torch.manual_seed(0)
    return weights_of(make_model().eval())


def tokens_merged(merge, numbers=TOKENS):
    """Merge two heads of numbers. Return None where merge raises RuntimeError."""
    heads = torch.stack(numbers.chunk(2, dim=-1))  # (heads, length, d_k)
    try:
        return merge(heads)
    except RuntimeError:
        return None


def tokens_of_a_batch(merge, numbers=TOKENS):
    return tokens_merged(lambda heads: merge(heads[None])[0], numbers)


def tokens_split(split, numbers=TOKENS):
    return torch.cat(list(split(numbers.contiguous(), 2)), dim=-1)
