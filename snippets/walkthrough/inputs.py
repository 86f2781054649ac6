# SPDX-License-Identifier: MIT
# --8<-- [start:inputs]
import torch

x = torch.tensor(
    [
        [1, 0, 1, 0],  # input 1: loan
        [0, 2, 0, 2],  # input 2: river
        [1, 1, 1, 1],  # input 3: bank
    ],
    dtype=torch.float32,
)  # (inputs, d_model)
# --8<-- [end:inputs]

# --8<-- [start:equal_weights]
n_inputs = x.shape[0]
equal_weights = torch.ones(n_inputs, n_inputs) / n_inputs  # (inputs, inputs)
mixes = equal_weights @ x  # (inputs, d_model)
# --8<-- [end:equal_weights]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("x:", x, sep="\n")
    print("shape of x:", x.shape)
    # --8<-- [end:show]

    # --8<-- [start:picture]
    from snippets.drawing.tables import matrices

    matrices("The inputs, one to a row", inputs=x)
    # --8<-- [end:picture]

    # --8<-- [start:show_mixes]
    print("mixes:", mixes, sep="\n")
    # --8<-- [end:show_mixes]
