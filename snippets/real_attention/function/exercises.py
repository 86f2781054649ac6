# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)
from snippets.walkthrough.queries_keys_values import keys, queries

if __name__ == "__main__":
    # --8<-- [start:read_weights]
    picks = torch.eye(3)  # (keys, keys): value j has its 1 in place j
    weights = scaled_dot_product_attention(queries, keys, picks)  # (queries, keys)
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("weights:", weights, sep="\n")
    # --8<-- [end:read_weights]

    # --8<-- [start:blind]
    torch.manual_seed(0)
    same = torch.randn(5, 4)
    right = F.scaled_dot_product_attention(same, same, same)
    scores = same @ same.T / 4**0.5
    wrong = {
        "no scale": (same @ same.T).softmax(dim=-1) @ same,
        "swapped": F.scaled_dot_product_attention(same, key=same, value=same),
        "softmax over queries": scores.softmax(dim=-2) @ same,
    }
    for bug, outputs in wrong.items():
        print(f"{bug:22}", "passes" if outputs.allclose(right) else "is seen")
    # --8<-- [end:blind]

    # --8<-- [start:dropped_by_hand]
    all_weights = torch.tensor([0.5, 0.25, 0.25])  # (keys,)
    is_kept = torch.tensor([True, False, True])  # (keys,)
    kept_weights = all_weights.masked_fill(~is_kept, 0) / (1 - 0.5)  # (keys,)
    print("weights:", kept_weights)
    # --8<-- [end:dropped_by_hand]
