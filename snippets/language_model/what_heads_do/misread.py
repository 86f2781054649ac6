# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.language_model.model import D_K, N_HEADS, N_KV_HEADS, LanguageModel
from snippets.language_model.weights import load


def record(model, tokenizer, text):
    """Return the tokens of a text, its maps, and the values by layer."""
    encoding = tokenizer.encode(text)
    seen, cache = [], []
    model(torch.tensor(encoding.ids), cache=cache, seen=seen)
    words = [token.lstrip("Ġ") for token in encoding.tokens]  # Ġ: a blank
    return words, torch.stack(seen), [values for _, values in cache]


# --8<-- [start:added]
def added(model, values):
    """Lengths of the vectors heads add: (layers, heads, keys)."""
    found = []
    for layer, own in enumerate(values):  # own: (kv_heads, keys, d_k)
        w_output = model.weights[f"blk.{layer}.attn_output.weight"]
        # (heads, d_k, d_model), one matrix for each head
        by_head = w_output.T.unflatten(0, (N_HEADS, D_K))
        shared = own.repeat_interleave(N_HEADS // N_KV_HEADS, dim=-3)
        found.append((shared @ by_head).norm(dim=-1))
    return torch.stack(found)


# --8<-- [end:added]

if __name__ == "__main__":
    torch.set_num_threads(1)
    weights, tokenizer = load()
    model = LanguageModel(weights)
    text = "The animal didn't cross the street because it was too tired"
    words, sentence_maps, sentence_values = record(model, tokenizer, text)
    it = words.index("it")
    animal, street = words.index("animal"), words.index("street")

    # --8<-- [start:small_values]
    lengths = added(model, sentence_values)
    share = sentence_maps[18, 3, it] * lengths[18, 3]  # (keys,)
    share = share / share.sum()
    print(f"weight of the first token: {sentence_maps[18, 3, it, 0]:.0%}")
    print(f"its share in what the head adds: {share[0]:.0%}")
    # --8<-- [end:small_values]

    heads = sentence_maps[25, :, it]  # (heads, keys)
    average = heads.mean(dim=0)  # (keys,)
    apart = (heads - average).abs().sum(dim=-1) / 2  # (heads,)
    averaged = sentence_maps[13, :, it, animal].mean().item()

    cities = "Rome is in Italy. Berlin is in"
    places, _, values_of_cities = record(model, tokenizer, cities)
    same, beside = {}, {}  # by layer: the two of "in", and the last "is in"
    for layer in (0, 14, 29):
        rows = values_of_cities[layer].transpose(0, 1).flatten(1)  # (tokens, kv_heads * d_k)
        same[layer] = F.cosine_similarity(rows[2], rows[7], dim=0).item()
        beside[layer] = F.cosine_similarity(rows[6], rows[7], dim=0).item()
    following = model(torch.tensor(tokenizer.encode(cities).ids))[-1].softmax(dim=-1)
    country = tokenizer.decode([following.argmax().item()]).strip()
    surely = following.max().item()
    all_to_first = sentence_maps[:, :, 1:, 0].mean().item()
    by_length = sentence_maps * lengths.unsqueeze(-2)  # (layers, heads, queries, keys)
    by_length = by_length / by_length.sum(dim=-1, keepdim=True)
    all_from_first = by_length[:, :, 1:, 0].mean().item()
