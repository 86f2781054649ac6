# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load


# --8<-- [start:first_token]
def first_token(model, ids, start=10):
    """Weight on the first token and relative length of its values, by block."""
    cache, seen = [], []
    model(ids, cache, seen=seen)
    weights = torch.stack(seen)[:, :, start:]  # (blocks, heads, queries, keys)
    values = torch.stack([values for _, values in cache])
    lengths = values.norm(dim=-1)  # (blocks, kv_heads, keys)
    others = lengths[..., 1:].mean(dim=(1, 2))  # (blocks,)
    return weights[..., 0].mean(dim=(1, 2)), lengths[..., 0].mean(1) / others


# --8<-- [end:first_token]

if __name__ == "__main__":
    # --8<-- [start:show_first_token]
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(0)
    half = torch.randint(1000, 40_000, (40,), generator=random)
    weights, _ = load()
    share, ratio = first_token(LanguageModel(weights), half.repeat(2))
    print(f"weight on the first token: {share.mean():.0%}")
    sinks = share > 0.3  # (blocks,)
    print(f"in {sinks.sum()} of {len(sinks)} blocks, more than 30%")
    print(f"there, its values are {ratio[sinks].mean():.0%} as long as others")
    print(f"in the remaining blocks, {ratio[~sinks].mean():.0%}")
    # --8<-- [end:show_first_token]
