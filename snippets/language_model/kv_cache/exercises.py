# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.kv_cache.causal import last_weights
from snippets.language_model.kv_cache.counts import work

# --8<-- [start:count]
n_layers, n_kv_heads, d_k, size = 24, 4, 128, 2  # bf16: 2 bytes
per_token = 2 * n_layers * n_kv_heads * d_k * size  # keys and values
# --8<-- [end:count]

# --8<-- [start:chunk]
top_left = last_weights(2, is_causal=True)  # the last two queries, three keys
seen = (top_left > 0).sum(dim=-1)  # (queries,)
# --8<-- [end:chunk]

# --8<-- [start:twice]
scores, _ = work(1000, cached=True)
twice, _ = work(2000, cached=True)
ratio = twice / scores
# --8<-- [end:twice]

if __name__ == "__main__":
    # --8<-- [start:show_count]
    print(f"{per_token:,} bytes")
    # --8<-- [end:show_count]

    # --8<-- [start:show_chunk]
    torch.set_printoptions(precision=3, sci_mode=False)
    print("weights", top_left, sep="\n")
    print("keys seen:", seen.tolist())
    # --8<-- [end:show_chunk]

    # --8<-- [start:show_twice]
    print(f"{ratio:.2f} times the scores")
    # --8<-- [end:show_twice]
