# SPDX-License-Identifier: MIT
import math

import torch

from snippets.real_attention.transformer_block.block import TransformerBlock, normalized
from snippets.real_attention.transformer_block.predict import vocabulary
from snippets.walkthrough.inputs import x

# --8<-- [start:count]
d_model, d_hidden = 4, 16
attention = 4 * (d_model * d_model + d_model)
feed_forward = d_model * d_hidden + d_hidden + d_hidden * d_model + d_model
norms = 2 * 2 * d_model
block = TransformerBlock(d_model, n_heads=2, d_hidden=d_hidden)
counted = sum(parameter.numel() for parameter in block.parameters())
# --8<-- [end:count]

# --8<-- [start:louder]
louder = normalized(10 * x)  # (inputs, d_model)
# --8<-- [end:louder]

# --8<-- [start:guess]
clueless = -math.log(1 / len(vocabulary))
# --8<-- [end:guess]

if __name__ == "__main__":
    # --8<-- [start:show_louder]
    print("10 times as large, normalized:", louder, sep="\n")
    # --8<-- [end:show_louder]

    # --8<-- [start:show_count]
    print("attention:   ", attention)
    print("feed-forward:", feed_forward)
    print("norms:       ", norms)
    print("counted:     ", counted)
    # --8<-- [end:show_count]

    # --8<-- [start:show_guess]
    print(f"loss: {clueless:.2f}")
    # --8<-- [end:show_guess]

    # --8<-- [start:future]
    torch.manual_seed(0)
    open_block = TransformerBlock(d_model, n_heads=2, d_hidden=d_hidden)
    changed = x.clone()  # (inputs, d_model)
    changed[2] = x[0]  # loan river loan
    for is_causal in (False, True):
        before, after = (open_block(given, is_causal=is_causal) for given in (x, changed))
        same = torch.allclose(before[:2], after[:2])
        print(f"is_causal={is_causal}: outputs 1 and 2 stay the same: {same}")
    # --8<-- [end:future]
