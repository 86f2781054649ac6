# SPDX-License-Identifier: MIT
# --8<-- [start:batch]
import torch

from snippets.real_attention.layer import MultiHeadAttention
from snippets.walkthrough.inputs import x


def random_layer():
    torch.manual_seed(0)  # the same projection weights in each run
    return MultiHeadAttention(d_model=4, n_heads=2, dropout=0.5).requires_grad_(False)


layer = random_layer()  # of which nothing is trained here
batch = torch.stack([x, x.flip(0)])  # (batch, inputs, d_model): ours, and ours in reverse
# --8<-- [end:batch]
# --8<-- [start:mask]
lengths = torch.tensor([3, 2])  # the last input of the second example is padding
real = torch.arange(3) < lengths[:, None]  # (batch, keys)
mask = real[:, None, None, :]  # (batch, 1, 1, keys)
# --8<-- [end:mask]

if __name__ == "__main__":
    # --8<-- [start:map] hidden
    from snippets.figures import overview

    overview("inputs", "queries", "keys", "values", "scores", "weights", "outputs")
    # --8<-- [end:map]
    # --8<-- [start:padding]
    layer.eval()
    padded = layer(batch, mask=mask)  # (batch, inputs, d_model)
    alone = layer(batch[1, :2])  # the same two inputs, without padding
    print(padded.shape)
    print((padded[1, :2] - alone).abs().max())
    # --8<-- [end:padding]
    # --8<-- [start:refused]
    for wrong in (lambda: MultiHeadAttention(4, n_heads=3), lambda: layer(batch, mask=real)):
        try:
            wrong()
        except ValueError as error:
            print(error)
    # --8<-- [end:refused]
    # --8<-- [start:grouped]
    for n_kv_heads in (8, 2, 1):
        grouped = MultiHeadAttention(512, n_heads=8, n_kv_heads=n_kv_heads)
        learned = sum(parameter.numel() for parameter in grouped.parameters())
        kept = grouped.w_key.out_features + grouped.w_value.out_features  # for each input
        print(f"{n_kv_heads} key heads: {learned} numbers learned, {kept} kept for each input")
    # --8<-- [end:grouped]
