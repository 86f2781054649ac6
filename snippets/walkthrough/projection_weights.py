# SPDX-License-Identifier: MIT
# --8<-- [start:weights]
import torch

from snippets.walkthrough.inputs import x

w_query = torch.tensor(
    [
        [1, 0, 1],
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 1],
    ],
    dtype=torch.float32,
)  # (d_model, d_k)

w_key = torch.tensor(
    [
        [0, 0, 1],
        [1, 1, 0],
        [0, 1, 0],
        [1, 1, 0],
    ],
    dtype=torch.float32,
)  # (d_model, d_k)

w_value = torch.tensor(
    [
        [0, 2, 0],
        [0, 3, 0],
        [1, 0, 3],
        [1, 1, 0],
    ],
    dtype=torch.float32,
)  # (d_model, d_v)
# --8<-- [end:weights]

# --8<-- [start:one_role]
one_role_scores = x @ x.T  # (inputs, inputs)
# --8<-- [end:one_role]

if __name__ == "__main__":
    # --8<-- [start:show_one_role]
    print("one_role_scores:", one_role_scores, sep="\n")
    # --8<-- [end:show_one_role]

    # --8<-- [start:picture]
    from snippets.drawing.tables import matrices

    matrices("The three projection matrices", w_query=w_query, w_key=w_key, w_value=w_value)
    # --8<-- [end:picture]
