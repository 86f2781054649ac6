# SPDX-License-Identifier: MIT
import torch
from torch import nn

from snippets.real_attention.layer.conversions import as_torch
from snippets.real_attention.transformer_block.block import TransformerBlock


# --8<-- [start:as_torch_layer]
def as_torch_layer(block, d_model, n_heads, d_hidden):
    """nn.TransformerEncoderLayer with the weights of a block."""
    theirs = nn.TransformerEncoderLayer(
        d_model, n_heads, d_hidden, dropout=0, batch_first=True, norm_first=True
    )
    theirs.norm1.load_state_dict(block.norm_1.state_dict())
    theirs.norm2.load_state_dict(block.norm_2.state_dict())
    theirs.self_attn = as_torch(block.attention)
    theirs.linear1.load_state_dict(block.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(block.feed_forward[2].state_dict())
    return theirs


# --8<-- [end:as_torch_layer]

if __name__ == "__main__":
    # --8<-- [start:compare]
    torch.manual_seed(0)
    sizes = {"d_model": 12, "n_heads": 3, "d_hidden": 20}
    ours = TransformerBlock(**sizes)
    theirs = as_torch_layer(ours, **sizes)
    batch = torch.randn(2, 5, 12)  # (batch, inputs, d_model)
    future = torch.ones(5, 5, dtype=torch.bool).triu(1)  # here True means: hidden
    whole = torch.allclose(ours(batch), theirs(batch), atol=1e-6)
    print("no mask, the same to rounding:    ", whole)
    expected = theirs(batch, src_mask=future)
    causal = torch.allclose(ours(batch, is_causal=True), expected, atol=1e-6)
    print("causal mask, the same to rounding:", causal)
    # --8<-- [end:compare]
