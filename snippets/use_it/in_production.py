# SPDX-License-Identifier: MIT
from snippets.use_it.self_attention import self_attention
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

if __name__ == "__main__":
    # --8<-- [start:torch]
    import torch.nn.functional as F

    outputs = F.scaled_dot_product_attention(x @ w_query, x @ w_key, x @ w_value)
    print("outputs", outputs, sep="\n")
    # --8<-- [end:torch]

    # --8<-- [start:scaled]
    d_k = w_key.shape[1]
    ours = self_attention(x, w_query / d_k**0.5, w_key, w_value)
    print("outputs", ours, sep="\n")
    # --8<-- [end:scaled]
