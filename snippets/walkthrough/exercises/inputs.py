# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.inputs import equal_weights, x

if __name__ == "__main__":
    # --8<-- [start:two_shares]
    shares = torch.tensor([0, 0.5, 0.5])  # (inputs,)
    mix = shares @ x  # (d_model,)
    print("mix:", mix)
    # --8<-- [end:two_shares]

    # --8<-- [start:louder]
    louder = x.clone()  # so that x stays as it is
    louder[1] *= 2
    print("mixes:", equal_weights @ louder, sep="\n")
    # --8<-- [end:louder]

    # --8<-- [start:fourth]
    four_inputs = torch.cat([x, torch.zeros(1, 4)])  # (inputs=4, d_model)
    n = four_inputs.shape[0]
    weights_for_four = torch.ones(n, n) / n  # (inputs=4, inputs=4)
    print("shape of the shares:", weights_for_four.shape)
    print("shape of the blends:", (weights_for_four @ four_inputs).shape)
    # --8<-- [end:fourth]
