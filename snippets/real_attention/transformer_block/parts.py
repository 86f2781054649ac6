# SPDX-License-Identifier: MIT
# --8<-- [start:deep]
import torch
from torch import nn

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.real_attention.transformer_block.block import TransformerBlock

depth, d_model, n_words = 12, 64, 8


def random_blocks():
    """Blocks whose weights have the standard deviation 1/sqrt(numbers in a row)."""
    torch.manual_seed(0)
    blocks = [TransformerBlock(d_model, n_heads=4, d_hidden=4 * d_model) for _ in range(depth)]
    for module in nn.ModuleList(blocks).modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
            nn.init.zeros_(module.bias)
    return blocks, torch.randn(n_words, d_model)


def length(x):  # (words, d_model)
    return x.norm(dim=-1).mean().item()


def likeness(x):  # (words, d_model)
    """Mean cosine between two different words: 1 if all point in one direction."""
    directions = x / x.norm(dim=-1, keepdim=True)  # (words, d_model)
    cosines = directions @ directions.T  # (words, words)
    return ((cosines.sum() - len(x)) / (len(x) * (len(x) - 1))).item()


# --8<-- [end:deep]


# --8<-- [start:variants]
@torch.no_grad()
def as_built(blocks, x):
    for block in blocks:
        x = block(x)
    return x


@torch.no_grad()
def without_normalization(blocks, x):
    for block in blocks:
        x = x + block.attention(x)
        x = x + block.feed_forward(x)
    return x


@torch.no_grad()
def without_residuals(blocks, x):
    for block in blocks:
        x = block.attention(block.norm_1(x))
        x = block.feed_forward(block.norm_2(x))
    return x


# --8<-- [end:variants]


# --8<-- [start:layers]
torch.manual_seed(0)
layers = [MultiHeadAttention(d_model=8, n_heads=2, bias=False) for _ in range(depth)]
# --8<-- [end:layers]

if __name__ == "__main__":
    # --8<-- [start:lengths]
    blocks, x = random_blocks()
    print(f"going in:              length {length(x):7.1f}")
    print(f"as built:              length {length(as_built(blocks, x)):7.1f}")
    print(f"without normalization: length {length(without_normalization(blocks, x)):7.1f}")
    # --8<-- [end:lengths]

    # --8<-- [start:alike]
    print(f"going in:          likeness {likeness(x):5.2f}")
    print(f"as built:          likeness {likeness(as_built(blocks, x)):5.2f}")
    print(f"without residuals: likeness {likeness(without_residuals(blocks, x)):5.2f}")
    # --8<-- [end:alike]

    # --8<-- [start:one_matrix]
    with torch.no_grad():
        word = torch.randn(1, 8)  # a sequence of one word: its weight is 1
        through = word  # (1, d_model)
        matrix = torch.eye(8)  # (d_model, d_model)
        for layer in layers:
            through = layer(through)
            matrix = matrix @ layer.w_value.weight.T @ layer.w_output.weight.T
    same = torch.allclose(through, word @ matrix, rtol=1e-4)
    print(f"{depth} layers of attention do what one matrix does:", same)
    # --8<-- [end:one_matrix]
