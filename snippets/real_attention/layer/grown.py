# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.layer.multi_head_attention import (
    Cache,
    MultiHeadAttention,
)
from snippets.take_along.rotary import rotate
from snippets.walkthrough.inputs import x


# --8<-- [start:turned]
def turned(queries, keys, positions):  # each: (..., heads, inputs, d_k)
    return rotate(queries, positions), rotate(keys, positions)


torch.manual_seed(0)
layer = MultiHeadAttention(d_model=4, n_heads=2, adjust=turned)
layer.requires_grad_(False)  # nothing is trained here
# --8<-- [end:turned]

if __name__ == "__main__":
    # --8<-- [start:biases]
    wide = MultiHeadAttention(4, n_heads=2, d_k=3, bias=["query", "key", "value"])
    for name, parameter in wide.named_parameters():
        print(f"{name:16}", tuple(parameter.shape))
    # --8<-- [end:biases]

    # --8<-- [start:shift]
    at_0, at_1 = layer(x), layer(x, positions=torch.arange(1, 4))
    print(f"moved by 1:    {(at_1 - at_0).abs().max():.8f}")
    farther = layer(x, positions=torch.tensor([0, 1, 5]))  # (inputs, d_model)
    print(f"farther apart: {(farther - at_0).abs().max():.8f}")
    # --8<-- [end:shift]

    # --8<-- [start:steps]
    cache = Cache()
    steps = [layer(x[i : i + 1], is_causal=True, cache=cache) for i in range(3)]
    whole = layer(x, is_causal=True)  # (inputs, d_model)
    print("keys kept:", tuple(cache.keys.shape))
    print(f"largest difference: {(torch.cat(steps) - whole).abs().max():.8f}")
    # --8<-- [end:steps]

    # --8<-- [start:weights]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    outputs, weights = layer(x, is_causal=True, need_weights=True)
    print("weights of head 1:", weights[0], sep="\n")
    # --8<-- [end:weights]
