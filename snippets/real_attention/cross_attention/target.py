# SPDX-License-Identifier: MIT
# --8<-- [start:target]
import torch

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

target = torch.tensor(
    [
        [0, 1, 0, 0],  # target 1
        [0, 0, 1, 1],  # target 2
    ],
    dtype=torch.float32,
)  # (targets, d_model)
alone = attention(
    target @ w_query,
    target @ w_key,
    target @ w_value,
)  # (targets, d_v)
# --8<-- [end:target]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("self-attention in the target", alone, sep="\n")
    # --8<-- [end:show]
