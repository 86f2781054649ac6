# SPDX-License-Identifier: MIT
# --8<-- [start:scaled]
from snippets.walkthrough.attention_scores import scores, weights
from snippets.walkthrough.queries_keys_values import keys, queries, values

scaled_scores = scores / keys.shape[-1] ** 0.5  # (queries, keys)
# --8<-- [end:scaled]

# --8<-- [start:weights]
scaled_weights = scaled_scores.softmax(dim=-1)  # (queries, keys)
# --8<-- [end:weights]


# --8<-- [start:attention]
def attention(queries, keys, values):
    d_k = keys.shape[-1]
    scores = queries @ keys.T / d_k**0.5  # (queries, keys)
    weights = scores.softmax(dim=-1)  # (queries, keys)
    return weights @ values  # (queries, d_v)


# --8<-- [end:attention]

if __name__ == "__main__":
    # --8<-- [start:show_scaled]
    print("scaled scores", scaled_scores, sep="\n")
    # --8<-- [end:show_scaled]

    # --8<-- [start:show_weights]
    import torch

    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("without scaling", weights[1])
    print("scaled         ", scaled_weights[1])
    # --8<-- [end:show_weights]

    # --8<-- [start:bars]
    from snippets.drawing.weights import softmax_bars

    softmax_bars("Query 2, not scaled", scores[1], weights[1])
    # --8<-- [end:bars]

    # --8<-- [start:scaled_bars]
    softmax_bars("Query 2, scaled", scaled_scores[1], scaled_weights[1])
    # --8<-- [end:scaled_bars]

    # --8<-- [start:both_ways]
    import torch.nn.functional as F

    ours = attention(queries, keys, values)  # (queries, d_v)
    theirs = F.scaled_dot_product_attention(queries, keys, values)
    print("output 1, without scaling", weights[0] @ values)
    print("output 1, scaled         ", ours[0])
    print("same as torch's:", ours.allclose(theirs))
    # --8<-- [end:both_ways]
