# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.layer.multi_head_attention import Cache
from snippets.real_attention.layer.use import layer
from snippets.walkthrough.inputs import x

if __name__ == "__main__":
    # --8<-- [start:one_step]
    layer.eval()
    whole = layer(x, is_causal=True)  # (inputs, d_model)
    step = layer(x[2:], context=x)  # (1, d_model)
    print(f"not causal: {(step - whole[2:]).abs().max():.8f}")
    wrong = layer(x[2:], context=x, is_causal=True)  # (1, d_model)
    print(f"causal:     {(wrong - whole[2:]).abs().max():.8f}")
    # --8<-- [end:one_step]

    # --8<-- [start:chunk]
    torch.manual_seed(0)
    cache, text = Cache(), torch.randn(7, 4)
    layer(text[:4], is_causal=True, cache=cache)
    options = {"is_causal": True, "cache": cache, "need_weights": True}
    _, weights = layer(text[4:], **options)  # (heads, new tokens, all tokens)
    seen = (weights[0] > 0).sum(dim=-1).tolist()
    print("keys seen:", seen)
    # --8<-- [end:chunk]
