# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.rotary.alibi import alibi
from snippets.real_attention.rotary.rotary import rotate
from snippets.walkthrough.inputs import x

if __name__ == "__main__":
    # --8<-- [start:same_distance]
    for p, q in [(7, 4), (4, 7), (12, 9), (8, 4)]:
        score = rotate(x[0], torch.tensor(p)) @ rotate(x[2], torch.tensor(q))
        print(f"query at {p}, key at {q}: {score:.4f}")
    # --8<-- [end:same_distance]

    # --8<-- [start:last_row]
    biases = alibi(8, 4)  # (heads, queries, keys)
    print("head 2, last query:", biases[1, 3])
    # --8<-- [end:last_row]
