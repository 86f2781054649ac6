# SPDX-License-Identifier: MIT
# --8<-- [start:batch]
import torch

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.walkthrough.inputs import x


def random_layer():
    torch.manual_seed(0)  # the same projection weights in each run
    layer = MultiHeadAttention(d_model=4, n_heads=2, dropout=0.5)
    return layer.requires_grad_(False)  # nothing is trained here


layer = random_layer()
batch = torch.stack([x, x.flip(0)])  # (batch, inputs, d_model), as in batches
# --8<-- [end:batch]

# --8<-- [start:mask]
lengths = torch.tensor([3, 2])  # input 3 of example 2 is padding
real = torch.arange(3) < lengths[:, None]  # (batch, keys)
mask = real[:, None, None, :]  # (batch, 1, 1, keys)
# --8<-- [end:mask]

if __name__ == "__main__":
    # --8<-- [start:modes]
    torch.manual_seed(0)
    for mode in (layer.train, layer.eval):
        mode()
        print(f"output 1, {mode.__name__}():", layer(x)[0], layer(x)[0], sep="\n")
    # --8<-- [end:modes]

    # --8<-- [start:padding]
    layer.eval()
    padded = layer(batch, mask=mask)  # (batch, inputs, d_model)
    alone = layer(batch[1, :2])  # the same two inputs, without padding
    print("shape:", padded.shape)
    print(f"largest difference: {(padded[1, :2] - alone).abs().max():.8f}")
    # --8<-- [end:padding]

    # --8<-- [start:refused]
    for slip in (
        lambda: MultiHeadAttention(d_model=4, n_heads=3),
        lambda: layer(batch, mask=real),
        lambda: layer(batch, batch, batch),
    ):
        try:
            slip()
        except (TypeError, ValueError) as error:
            print(error)
    # --8<-- [end:refused]
