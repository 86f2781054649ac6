# SPDX-License-Identifier: MIT
# --8<-- [start:sum]
from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.queries_keys_values import keys, queries, values
from snippets.walkthrough.weighted_values import (
    rounded_weights,
    weighted_values,
)

outputs = weighted_values.sum(dim=-2)  # (queries, d_v), summed over the keys
# --8<-- [end:sum]

# --8<-- [start:product]
outputs_in_one_line = weights @ values  # (queries, d_v)
rounded_outputs = rounded_weights @ values  # (queries, d_v)
# --8<-- [end:product]


# use_it/self_attention.py has this function too, documented and by itself, to be downloaded. A
# test holds the two equal.


# --8<-- [start:self_attention]
def self_attention(x, w_query, w_key, w_value):
    queries = x @ w_query  # (inputs, d_k)
    keys = x @ w_key  # (inputs, d_k)
    values = x @ w_value  # (inputs, d_v)
    weights = (queries @ keys.mT).softmax(dim=-1)  # (queries, keys)
    return weights @ values  # (queries, d_v)


# --8<-- [end:self_attention]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("outputs", outputs, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:show_product]
    print("outputs", outputs_in_one_line, sep="\n")
    print("output 1, rounded weights", rounded_outputs[0])
    # --8<-- [end:show_product]

    # --8<-- [start:picture]
    from snippets.drawing.tables import product

    product("One number of outputs", weights, values, outputs, ("weights", "values", "outputs"))
    # --8<-- [end:picture]

    # --8<-- [start:check]
    import torch.nn.functional as F

    from snippets.walkthrough.inputs import x
    from snippets.walkthrough.projection_weights import w_key, w_query, w_value

    ours = self_attention(x, w_query, w_key, w_value)
    theirs = F.scaled_dot_product_attention(queries, keys, values, scale=1.0)
    print("ours", ours, "torch's", theirs, sep="\n")
    print("equal up to rounding:", ours.allclose(theirs))
    # --8<-- [end:check]
