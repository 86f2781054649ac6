# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention

if __name__ == "__main__":
    # --8<-- [start:shared]
    names = torch.arange(4)[:, None, None]  # (heads, 1, 1): each its number
    two = names[:2]  # (kv_heads, 1, 1)
    print("heads of queries:", names.flatten().tolist())
    print("repeat_interleave:", two.repeat_interleave(2, dim=0).flatten().tolist())
    print("repeat:           ", two.repeat(2, 1, 1).flatten().tolist())
    # --8<-- [end:shared]

    # --8<-- [start:grouped]
    for n_kv_heads in (8, 2, 1):
        grouped = MultiHeadAttention(512, n_heads=8, n_kv_heads=n_kv_heads)
        learned = sum(parameter.numel() for parameter in grouped.parameters())
        kept = grouped.w_key.out_features + grouped.w_value.out_features
        print(f"{n_kv_heads} key heads: {learned:9,} learned, {kept:5,} kept per input")
    # --8<-- [end:grouped]
