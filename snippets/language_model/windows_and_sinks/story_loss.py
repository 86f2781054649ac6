# SPDX-License-Identifier: MIT
# --8<-- [start:losses]
import torch
import torch.nn.functional as F

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load
from snippets.language_model.windows_and_sinks.story import LENGTH, STORY, WINDOW
from snippets.language_model.windows_and_sinks.window import window


def losses(model, ids, width):
    """Mean loss on the tokens after the first window, for four masks."""
    n = len(ids) - 1  # the last token is only predicted
    cache = []
    model(ids[:width], cache)  # up to here, every mask is the same
    causal = window(n - width, n, n)  # (queries, keys)
    near = window(n - width, n, width)
    place = torch.arange(n)
    masks = {
        "all keys": causal,
        "the window": near,
        "the window and tokens 1 to 4": near | (place < 4),
        "the window and tokens 5 to 8": near | ((place >= 4) & (place < 8)),
    }
    found = {}
    for name, mask in masks.items():
        logits = model(ids[width:-1], list(cache), mask)
        found[name] = F.cross_entropy(logits, ids[width + 1 :]).item()
    return found


# --8<-- [end:losses]

if __name__ == "__main__":
    # --8<-- [start:show_losses]
    torch.set_num_threads(1)
    weights, tokenizer = load()
    ids = torch.tensor(tokenizer.encode(STORY).ids)
    model = LanguageModel(weights)
    for name, loss in losses(model, ids[:LENGTH], WINDOW).items():
        print(f"{loss:.2f} with {name}")
    print("tokens 1 to 4:", tokenizer.decode(ids[:4].tolist()))
    # --8<-- [end:show_losses]
