# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.walkthrough.queries_keys_values import keys, queries, values

if __name__ == "__main__":
    # --8<-- [start:forgets]
    torch.manual_seed(0)
    for call in (1, 2):
        three = queries, keys, values
        outputs = F.scaled_dot_product_attention(*three, dropout_p=0.5)
        print(f"call {call}:", outputs[0])
    # --8<-- [end:forgets]
