# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.trained_head.head import OneHead, learn
from snippets.real_attention.trained_head.letters import previous
from snippets.real_attention.trained_head.reverse import length, mirrored, n_tokens

# --8<-- [start:even]
even = torch.full((1, length, length), 1 / length)  # (batch, queries, keys)
# --8<-- [end:even]


# --8<-- [start:shift]
def shifted(count):
    tokens = torch.randint(n_tokens, (count, length))  # (batch, length)
    return tokens, tokens.roll(1, dims=1)  # previous token; the first wraps around


# --8<-- [end:shift]

if __name__ == "__main__":
    # --8<-- [start:show_even]
    print("mirrored, with even weights:", round(mirrored(even), 2))
    # --8<-- [end:show_even]

    # --8<-- [start:show_shift]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = OneHead(n_tokens, length)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(100):
        learn(model, optimizer, *shifted(32))
    shifted_share = previous(model.weights)
    print(f"mirrored: {mirrored(model.weights):.0%}, previous: {shifted_share:.0%}")
    # --8<-- [end:show_shift]
