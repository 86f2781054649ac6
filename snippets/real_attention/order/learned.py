# SPDX-License-Identifier: MIT
if __name__ == "__main__":
    # --8<-- [start:learned]
    import torch

    torch.manual_seed(0)
    table = torch.nn.Embedding(512, 4)  # a row for each position
    positions = table(torch.arange(3)).detach()  # (inputs, d_model)
    print(positions)
    try:
        table(torch.tensor(512))
    except IndexError as error:
        print(error)
    # --8<-- [end:learned]

    # --8<-- [start:picture] hidden
    from snippets.drawing.tables import matrices
    from snippets.walkthrough.inputs import x

    added = {"inputs + rows": x + positions}
    matrices("Each input gets the row of its position", inputs=x, **added)
    # --8<-- [end:picture]
