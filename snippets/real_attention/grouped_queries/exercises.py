# SPDX-License-Identifier: MIT
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention

if __name__ == "__main__":
    # --8<-- [start:count]
    small = MultiHeadAttention(d_model=8, n_heads=4, n_kv_heads=2)
    counts = {name: p.numel() for name, p in small.named_parameters()}
    for name, count in counts.items():
        print(f"{name:16} {count:3}")
    print(f"{'together':16} {sum(counts.values()):3}")
    # --8<-- [end:count]

    # --8<-- [start:cache_size]
    layers, kv_heads, d_k, tokens, size = 32, 8, 128, 4096, 2  # size: in bytes
    cache = layers * 2 * kv_heads * d_k * tokens * size
    print(f"cache: {cache:,} bytes, {cache // 2**20} MiB")
    # --8<-- [end:cache_size]
