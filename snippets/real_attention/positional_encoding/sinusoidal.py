# SPDX-License-Identifier: MIT
# --8<-- [start:angles]
import torch


def angles(positions, d, base=10_000):
    assert d % 2 == 0, f"{d} numbers do not make pairs"
    steps = torch.arange(0, d, 2, device=positions.device)
    speeds = base ** (-steps.float() / d)  # (d / 2,), 16 bits would round
    return positions.unsqueeze(-1) * speeds  # (..., d / 2)


# --8<-- [end:angles]


# --8<-- [start:sinusoidal]
def sinusoidal(positions, d_model):
    turned = angles(positions, d_model)  # (..., d_model / 2)
    pairs = torch.stack([turned.sin(), turned.cos()], dim=-1)
    return pairs.flatten(-2)  # (..., d_model)


encodings = sinusoidal(torch.arange(3), 4)
# --8<-- [end:sinusoidal]

if __name__ == "__main__":
    # --8<-- [start:show_sinusoidal]
    print("encodings:", encodings, sep="\n")
    # --8<-- [end:show_sinusoidal]

    # --8<-- [start:products]
    print("products:", encodings @ encodings.T, sep="\n")
    # --8<-- [end:products]

    # --8<-- [start:show_moved]
    from snippets.real_attention.positional_encoding.moved import moved, outputs_of
    from snippets.walkthrough.inputs import x

    in_order, reordered = x + encodings, x[moved] + encodings
    print("loan, river, bank:", outputs_of(in_order), sep="\n")
    print("bank, loan, river:", outputs_of(reordered), sep="\n")
    # --8<-- [end:show_moved]
