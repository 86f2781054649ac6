# SPDX-License-Identifier: MIT
# --8<-- [start:write]
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load


def write(model, ids, count, cached=True, forget=False):
    """Append `count` tokens to ids, each the most likely one."""
    cache = [] if cached else None
    new = ids
    for _ in range(count):
        positions = torch.arange(len(new)) if forget else None
        logits = model(new, cache, positions=positions)
        ids = torch.cat([ids, logits[-1:].argmax(dim=-1)])
        new = ids[-1:] if cached else ids
    return ids


# --8<-- [end:write]

if __name__ == "__main__":
    # --8<-- [start:compare]
    torch.set_num_threads(1)
    weights, tokenizer = load()
    model = LanguageModel(weights)
    prompt = torch.tensor(tokenizer.encode("A bank is a place where").ids)
    with_cache = write(model, prompt, 5)
    without = write(model, prompt, 5, cached=False)
    print(tokenizer.decode(with_cache.tolist()))
    print("same tokens without a cache:", without.equal(with_cache))
    forgotten = write(model, prompt, 5, forget=True)
    print("positions from 0 in each call:")
    print(tokenizer.decode(forgotten.tolist()))
    # --8<-- [end:compare]
