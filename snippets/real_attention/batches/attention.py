# SPDX-License-Identifier: MIT
# --8<-- [start:batch]
import torch

from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

batch = torch.stack([x, x.flip(0)])  # (batch, inputs, d_model)
queries = batch @ w_query  # (batch, inputs, d_k)
keys = batch @ w_key  # (batch, inputs, d_k)
values = batch @ w_value  # (batch, inputs, d_v)
# --8<-- [end:batch]


# --8<-- [start:attention]
def attention(queries, keys, values):
    d_k = keys.shape[-1]
    scores = queries @ keys.transpose(-2, -1) / d_k**0.5  # (..., queries, keys)
    weights = scores.softmax(dim=-1)  # (..., queries, keys)
    return weights @ values  # (..., queries, d_v)


# --8<-- [end:attention]

# --8<-- [start:outputs]
outputs = attention(queries, keys, values)  # (batch, queries, d_v)
# --8<-- [end:outputs]

# --8<-- [start:loop]
one_by_one = torch.stack(
    [attention(queries[i], keys[i], values[i]) for i in range(len(queries))]
)  # (batch, queries, d_v)
# --8<-- [end:loop]

# --8<-- [start:einsum]
scores = torch.einsum("bqd,bkd->bqk", queries, keys)  # (batch, queries, keys)
# --8<-- [end:einsum]

if __name__ == "__main__":
    # --8<-- [start:show_batch]
    print("shape of batch  ", batch.shape)
    print("shape of queries", queries.shape)
    # --8<-- [end:show_batch]

    # --8<-- [start:show_outputs]
    print("outputs", outputs, sep="\n")
    # --8<-- [end:show_outputs]

    # --8<-- [start:show_loop]
    print("largest difference", (outputs - one_by_one).abs().max())
    # --8<-- [end:show_loop]

    # --8<-- [start:show_einsum]
    print("same scores:", scores.equal(queries @ keys.transpose(-2, -1)))
    # --8<-- [end:show_einsum]
