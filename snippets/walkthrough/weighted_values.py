# SPDX-License-Identifier: MIT
# --8<-- [start:weighted_values]
import torch

from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.queries_keys_values import values

weighted_values = values * weights.unsqueeze(-1)  # (queries, keys, d_v)
# --8<-- [end:weighted_values]

# --8<-- [start:rounded]
rounded_weights = (weights * 2).round() / 2  # (queries, keys)
# --8<-- [end:rounded]

if __name__ == "__main__":
    # --8<-- [start:show]
    torch.set_printoptions(sci_mode=False)
    print(weights.unsqueeze(-1).shape, "times", values.shape)
    print("gives", weighted_values.shape)
    print("weighted_values", weighted_values, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:picture]
    from snippets.drawing.tables import weighted_sum

    weighted_sum("Query 1 takes a part of each value", weights[0], values, weights[0] @ values)
    # --8<-- [end:picture]
