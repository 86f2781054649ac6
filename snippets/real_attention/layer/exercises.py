# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.real_attention.layer.scaled_dot_product_attention import scaled_dot_product_attention
from snippets.real_attention.layer.use import layer
from snippets.walkthrough.inputs import x
from snippets.walkthrough.queries_keys_values import keys, queries

if __name__ == "__main__":
    # --8<-- [start:count]
    small = MultiHeadAttention(d_model=8, n_heads=4, n_kv_heads=2)
    counts = {name: p.numel() for name, p in small.named_parameters()}
    for name, count in counts.items():
        print(name, count)
    print(sum(counts.values()))
    # --8<-- [end:count]

    # --8<-- [start:read_weights]
    picks = torch.eye(3)  # (keys, keys): value j has its 1 in place j
    weights = scaled_dot_product_attention(queries, keys, picks)  # (queries, keys)
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print(weights)
    # --8<-- [end:read_weights]

    # --8<-- [start:one_step]
    layer.eval()
    whole = layer(x, is_causal=True)  # (inputs, d_model)
    step = layer(x[2:], context=x)  # (1, d_model)
    print("not causal:", (step - whole[2:]).abs().max().item())
    wrong = layer(x[2:], context=x, is_causal=True)  # (1, d_model)
    print("causal:", (wrong - whole[2:]).abs().max().item())
    # --8<-- [end:one_step]
