# SPDX-License-Identifier: MIT
# Expected: works
import torch
from torch import nn

torch.manual_seed(0)
torch.set_printoptions(precision=3)

# --8<-- [start:build]
embed, heads = 8, 2
mha = nn.MultiheadAttention(embed, heads, batch_first=True)
mha.eval()
for name, p in mha.named_parameters():
    print(f"{name:20} {tuple(p.shape)}")
# --8<-- [end:build]
# --8<-- [start:call]
x = torch.randn(1, 3, embed)
with torch.inference_mode():
    out, weights = mha(x, x, x, average_attn_weights=False)
print(out.shape, weights.shape)
print(weights[0, 0])
# --8<-- [end:call]
# --8<-- [start:padding]
pad = torch.tensor([[False, False, True]])
with torch.inference_mode():
    _, weights = mha(x, x, x, key_padding_mask=pad)
print(weights[0])
# --8<-- [end:padding]
