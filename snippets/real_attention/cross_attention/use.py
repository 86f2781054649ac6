# SPDX-License-Identifier: MIT
# --8<-- [start:use]
import torch

from snippets.real_attention.cross_attention.attention import cross_attention
from snippets.real_attention.cross_attention.target import target
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

# --8<-- [end:use]

if __name__ == "__main__":
    # --8<-- [start:show_use]
    print(cross_attention(target, x, w_query, w_key, w_value))
    print(cross_attention(target, x[:1], w_query, w_key, w_value))
    # --8<-- [end:show_use]

    # --8<-- [start:mixed_up]
    from snippets.real_attention.masking.attention import attention

    try:
        attention(target @ w_query, x @ w_key, target @ w_value)
    except RuntimeError as error:
        print(error)
    short = x[:2]  # a source as long as the target
    print(attention(target @ w_query, short @ w_key, target @ w_value))
    # --8<-- [end:mixed_up]

    # --8<-- [start:causal]
    causal = torch.ones(2, 3).tril().bool()  # (queries, keys)
    print(causal)
    print(cross_attention(target, x, w_query, w_key, w_value, causal))
    # --8<-- [end:causal]

    # --8<-- [start:padding]
    padded = torch.cat([x, torch.zeros(1, 4)])  # (keys=4, d_model)
    is_input = torch.tensor([True, True, True, False])  # (keys=4,)
    print(cross_attention(target, padded, w_query, w_key, w_value))
    print(cross_attention(target, padded, w_query, w_key, w_value, is_input))
    # --8<-- [end:padding]
