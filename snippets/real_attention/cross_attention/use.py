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
    projections = w_query, w_key, w_value
    print("three words", cross_attention(target, x, *projections), sep="\n")
    print("one word", cross_attention(target, x[:1], *projections), sep="\n")
    # --8<-- [end:show_use]

    # --8<-- [start:mixed_up]
    from snippets.real_attention.masking.attention import attention

    try:
        attention(target @ w_query, x @ w_key, target @ w_value)
    except RuntimeError as error:
        print("three words:", error)
    short = x[:2]  # a source as long as the target
    wrong = attention(target @ w_query, short @ w_key, target @ w_value)
    print("two words", wrong, sep="\n")
    # --8<-- [end:mixed_up]

    # --8<-- [start:causal]
    causal = torch.ones(2, 3).tril().bool()  # (queries, keys)
    masked = cross_attention(target, x, w_query, w_key, w_value, causal)
    print("causal", causal, sep="\n")
    print("outputs", masked, sep="\n")
    # --8<-- [end:causal]

    # --8<-- [start:padding]
    padded = torch.cat([x, torch.zeros(1, 4)])  # (keys=4, d_model)
    is_input = torch.tensor([True, True, True, False])  # (keys=4,)
    without = cross_attention(target, padded, w_query, w_key, w_value)
    masked = cross_attention(target, padded, w_query, w_key, w_value, is_input)
    print("without a mask", without, sep="\n")
    print("with a mask", masked, sep="\n")
    # --8<-- [end:padding]
