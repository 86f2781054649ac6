# SPDX-License-Identifier: MIT
# --8<-- [start:nudge]
import torch

from snippets.real_attention.scaling.attention import scaled_scores
from snippets.walkthrough.attention_scores import scores

nudge = torch.tensor([0.0, 0.0, 0.1])  # (keys,)


def moved(row):
    return (row + nudge).softmax(dim=-1) - row.softmax(dim=-1)


# --8<-- [end:nudge]

if __name__ == "__main__":
    # --8<-- [start:show_nudge]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("without scaling", moved(scores[1]))
    print("scaled         ", moved(scaled_scores[1]))
    # --8<-- [end:show_nudge]

    # --8<-- [start:table]
    from snippets.real_attention.scaling.measured import jacobian

    table = jacobian(scaled_scores[1].softmax(dim=-1))  # (keys, keys)
    theirs = torch.func.jacrev(torch.softmax)(scaled_scores[1], -1)  # (keys, keys)
    print("Jacobian", table, sep="\n")
    print("same as torch's:", table.allclose(theirs))
    # --8<-- [end:table]
