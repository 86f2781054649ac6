# SPDX-License-Identifier: MIT
import random

# --8<-- [start:maps]
import torch
import torch.nn.functional as F

from snippets.language_model.model import N_HEADS, LanguageModel
from snippets.language_model.weights import load


def attention_maps(model, ids):
    """The weights of all heads: (layers, heads, queries, keys)."""
    seen = []
    model(ids, seen=seen)
    return torch.stack(seen)


# --8<-- [end:maps]


# --8<-- [start:strongest]
def strongest(scores, count):
    """The heads (layer, head) with the highest scores."""
    places = scores.flatten().topk(count).indices.tolist()
    return [divmod(place, scores.shape[1]) for place in places]


# --8<-- [end:strongest]


# --8<-- [start:previous]
def previous(maps):
    """Mean weight on the token before, for each head: (layers, heads)."""
    return maps.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=-1)


# --8<-- [end:previous]


# --8<-- [start:induction]
def induction(maps):
    """Mean weight on the token that followed last time, in doubled text.

    The token before the repetition and its first token do not count.
    """
    half = maps.shape[-1] // 2
    followed = maps.diagonal(offset=1 - half, dim1=-2, dim2=-1)
    return followed[..., 2:].mean(dim=-1)  # (layers, heads)


# --8<-- [end:induction]


# --8<-- [start:loss]
def loss_of_repetition(model, ids, off=()):
    """Mean loss from token 2 of the repetition, without `off`."""
    logits = model(ids, off=off)  # (length, vocabulary)
    losses = F.cross_entropy(logits[:-1], ids[1:], reduction="none")
    return losses[len(ids) // 2 :].mean().item()


# --8<-- [end:loss]


# --8<-- [start:others]
def others(heads, seed=0):
    """For each head, another of its layer, drawn at random."""
    draw, found = random.Random(seed), []
    for layer, _ in heads:
        beside = [(layer, head) for head in range(N_HEADS)]
        taken = [*heads, *found]
        found.append(draw.choice([one for one in beside if one not in taken]))
    return found


# --8<-- [end:others]

if __name__ == "__main__":
    # --8<-- [start:twice]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    weights, tokenizer = load()
    model = LanguageModel(weights)
    half = torch.randint(1000, 40_000, (40,))
    twice = torch.cat([half, half])  # (length,)
    maps = attention_maps(model, twice)
    # --8<-- [end:twice]

    # --8<-- [start:show_previous]
    scores = previous(maps)
    for layer, head in strongest(scores, 3):
        print(f"layer {layer}, head {head}: {scores[layer, head]:.3f}")
    # --8<-- [end:show_previous]

    # --8<-- [start:show_induction]
    repeats = induction(maps)
    for layer, head in strongest(repeats, 5):
        print(f"layer {layer}, head {head}: {repeats[layer, head]:.3f}")
    # --8<-- [end:show_induction]

    # --8<-- [start:ablation]
    five = strongest(repeats, 5)
    cases = {
        "none": [],
        "the strongest induction head": five[:1],
        "the five strongest": five,
        "five others of the same layers": others(five),
        "the previous-token head": strongest(scores, 1),
    }
    for name, off in cases.items():
        print(f"{loss_of_repetition(model, twice, off):5.2f}  without {name}")
    # --8<-- [end:ablation]
