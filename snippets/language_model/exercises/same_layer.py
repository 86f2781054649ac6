# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.model import N_HEADS, N_KV_HEADS, LanguageModel, tensors_of
from snippets.language_model.same_layer import loss_of, reordered
from snippets.language_model.tokens import ids, model, weights
from snippets.real_attention.rotary.rotary import rotate_halves


# --8<-- [start:shared]
def shared(head):
    """The head of keys that serves a head of queries, both from 1."""
    return (head - 1) // (N_HEADS // N_KV_HEADS) + 1


# --8<-- [end:shared]


def dealt_out(head):
    return (head - 1) % N_KV_HEADS + 1


# --8<-- [start:count]
names = "attn_q", "attn_k", "attn_v", "attn_output"
n_attention = sum(tensors_of(weights, 0)[name].numel() for name in names)
# --8<-- [end:count]

if __name__ == "__main__":
    # --8<-- [start:show_shared]
    print([shared(head) for head in range(1, 10)])
    # --8<-- [end:show_shared]

    # --8<-- [start:show_count]
    print(f"{n_attention:,}")
    # --8<-- [end:show_count]

    # --8<-- [start:half]
    half = LanguageModel(reordered(weights, ["attn_q"]), turn=rotate_halves)
    print(f"{loss_of(half):.2f}")
    # --8<-- [end:half]

    # --8<-- [start:moved]
    moved = model(ids, positions=torch.arange(len(ids)) + 1000)
    print("the same:", torch.allclose(moved, model(ids), atol=0.01))
    # --8<-- [end:moved]
