# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.queries_keys_values import values

if __name__ == "__main__":
    # --8<-- [start:one_number]
    one_number = weights[2, 1] * values[1, 1]
    print("weights[2, 1] * values[1, 1]:", one_number)
    # --8<-- [end:one_number]

    # --8<-- [start:other_sizes]
    other_weights = torch.ones(5, 7)  # (queries=5, keys=7)
    other_values = torch.ones(7, 2)  # (keys=7, d_v=2)
    other = other_values * other_weights.unsqueeze(-1)  # (queries=5, keys=7, d_v=2)
    print("shape:", other.shape)
    # --8<-- [end:other_sizes]

    # --8<-- [start:louder]
    louder = values.clone()  # so that values stays as it is
    louder[2] *= 2
    change = (louder - values) * weights.unsqueeze(-1)  # (queries, keys, d_v)
    print("change:", change, sep="\n")
    # --8<-- [end:louder]
