# SPDX-License-Identifier: MIT
import torch
from torch import nn

from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention
from snippets.walkthrough.inputs import x


# --8<-- [start:normalized]
def normalized(x):  # (..., inputs, d_model)
    mean = x.mean(dim=-1, keepdim=True)  # (..., inputs, 1)
    variance = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt()  # the 1e-5 avoids 0 / 0


# --8<-- [end:normalized]


# --8<-- [start:block]
class TransformerBlock(nn.Module):
    """Attention, then a feed-forward network, each with a residual sum."""

    def __init__(self, d_model, n_heads, d_hidden):
        super().__init__()
        self.norm_1 = nn.LayerNorm(d_model)
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm_2 = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_hidden),
            nn.ReLU(),  # negative numbers become 0
            nn.Linear(d_hidden, d_model),
        )

    def forward(self, x, mask=None, is_causal=False):  # (..., inputs, d_model)
        x = x + self.attention(self.norm_1(x), mask=mask, is_causal=is_causal)
        return x + self.feed_forward(self.norm_2(x))


# --8<-- [end:block]


# --8<-- [start:model]
class LanguageModel(nn.Module):
    """Scores every word of a vocabulary as the next word, at each position."""

    def __init__(self, n_words, length, d_model, n_heads, d_hidden, n_blocks):
        super().__init__()
        self.word = nn.Embedding(n_words, d_model)
        self.position = nn.Embedding(length, d_model)
        sizes = d_model, n_heads, d_hidden
        blocks = [TransformerBlock(*sizes) for _ in range(n_blocks)]
        self.blocks = nn.ModuleList(blocks)  # so that they train, too
        self.norm = nn.LayerNorm(d_model)
        self.read_out = nn.Linear(d_model, n_words)

    def forward(self, words):  # (..., inputs)
        x = self.word(words) + self.position.weight[: words.shape[-1]]
        for block in self.blocks:
            x = block(x, is_causal=True)  # (..., inputs, d_model)
        return self.read_out(self.norm(x))  # (..., inputs, n_words)


# --8<-- [end:model]

if __name__ == "__main__":
    # --8<-- [start:show_normalized]
    print("normalized:", normalized(x), sep="\n")
    # --8<-- [end:show_normalized]

    # --8<-- [start:use]
    torch.manual_seed(0)
    block = TransformerBlock(d_model=4, n_heads=2, d_hidden=16)
    print("into the block:  ", tuple(x.shape))
    print("out of the block:", tuple(block(x).shape))
    # --8<-- [end:use]
