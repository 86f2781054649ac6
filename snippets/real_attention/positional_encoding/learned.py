# SPDX-License-Identifier: MIT
from snippets.walkthrough.inputs import x

if __name__ == "__main__":
    # --8<-- [start:learned]
    import torch

    torch.manual_seed(0)
    table = torch.nn.Embedding(512, 4)  # a row for each position
    positions = table(torch.arange(3)).detach()  # (inputs, d_model)
    print("rows 0, 1, 2:", positions, sep="\n")
    try:
        table(torch.tensor(512))
    except IndexError as error:
        print("position 512:", error)
    # --8<-- [end:learned]

    with_positions = x + positions  # (inputs, d_model)
