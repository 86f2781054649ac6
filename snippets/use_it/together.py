# SPDX-License-Identifier: MIT
import torch

from snippets.take_along.masks import both, causal, padding, positions
from snippets.take_along.multi_head_attention import MultiHeadAttention
from snippets.take_along.rotary import rotate


# --8<-- [start:together]
def turned(q, k, at):  # q, k: (batch, heads, n, d_k), at: (batch, n)
    return rotate(q, at, base=500_000.0), rotate(k, at, base=500_000.0)


torch.manual_seed(0)
layer = MultiHeadAttention(64, n_heads=8, n_kv_heads=2, bias=False, adjust=turned)
x, lengths = torch.randn(2, 5, 64), torch.tensor([5, 3])  # 3 of 5 are real
mask = both(causal(5), padding(lengths, 5, side="left"))  # (batch, 1, 5, 5)
at = positions(lengths, 5, side="left")  # (batch, 5)
outputs = layer(x, mask=mask, positions=at)  # (batch, 5, 64)
# --8<-- [end:together]

if __name__ == "__main__":
    # --8<-- [start:alone]
    alone = layer(x[1, 2:], is_causal=True, positions=torch.arange(3))
    print(f"largest difference: {(outputs[1, 2:] - alone).abs().max():.8f}")
    # --8<-- [end:alone]
