# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough import queries_keys_values as walkthrough

batch, n, d_model, n_heads, n_groups, training = 2, 5, 12, 4, 2, False
d_k = d_model // n_heads
lengths, n_latest = torch.tensor([5, 3]), 2  # (batch,)
random = torch.Generator().manual_seed(0)
x = torch.randn(batch, n, d_model, generator=random)  # (batch, inputs, d_model)
w_query = torch.randn(d_model, n_heads * d_k, generator=random)  # (d_model, heads * d_k)
w_key, w_value = torch.randn(2, d_model, n_groups * d_k, generator=random)
w_output = torch.randn(n_heads * d_k, d_model, generator=random)

# --8<-- [start:masks]
# causal: no query sees the future
causal = torch.ones(n, n, dtype=torch.bool).tril()
# padding: no query sees the keys of the padding
padding = torch.arange(n) < lengths[:, None]  # (batch, keys)
# both, for all heads and queries: (batch, 1, queries, keys)
mask = causal & padding[:, None, None, :]
# --8<-- [end:masks]

# --8<-- [start:into_heads]
# heads mixed up by reshape(batch, n_heads, n, d_k)
queries = (x @ w_query).view(batch, n, n_heads, d_k).transpose(1, 2)
# --8<-- [end:into_heads]

keys = (x @ w_key).view(batch, n, n_groups, d_k).transpose(1, 2)
values = (x @ w_value).view(batch, n, n_groups, d_k).transpose(1, 2)

# --8<-- [start:fixes]
# grouped heads in the wrong order, by repeat
keys = keys.repeat_interleave(n_heads // n_groups, dim=1)
values = values.repeat_interleave(n_heads // n_groups, dim=1)
# every axis swapped, by .T; a scale of d_model
scores = queries @ keys.transpose(-2, -1) / d_k**0.5
# NaN for a query without keys: show it all keys, ignore its output
mask = mask | ~mask.any(dim=-1, keepdim=True)
# a mask after the softmax, inverted, or of -1e9
scores = scores.masked_fill(~mask, -torch.inf)
# softmax over the wrong axis, or without a dim
weights = scores.softmax(dim=-1)
outputs = weights @ values
# view refused after transpose, or heads merged wrongly
outputs = outputs.transpose(1, 2).reshape(batch, n, d_model)
# heads never mixed: no output projection
outputs = outputs @ w_output
# --8<-- [end:fixes]

# --8<-- [start:calls]
# True meant as "may attend", given to nn.MultiheadAttention
attn_mask = ~causal
# is_causal where lengths differ: query 1 is not input 1
recent = torch.ones(n_latest, n, dtype=torch.bool).tril(n - n_latest)
# dropout that stays on after training
dropout_p = 0.1 if training else 0.0
# --8<-- [end:calls]

example = walkthrough.queries, walkthrough.keys, walkthrough.values
plain = attention(*example)
hidden_future = attention(*example, torch.ones(3, 3, dtype=torch.bool).tril())
