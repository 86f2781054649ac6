# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load
from snippets.language_model.what_heads_do.misread import record
from snippets.language_model.what_heads_do.scores import (
    attention_maps,
    induction,
    loss_of_repetition,
)

# --8<-- [start:perfect]
perfect = torch.eye(8).roll(-3, dims=1)[None, None]  # (1, 1, queries, keys)
# --8<-- [end:perfect]

if __name__ == "__main__":
    # --8<-- [start:show_perfect]
    print(f"score: {induction(perfect).item():.0f}")
    # --8<-- [end:show_perfect]

    torch.set_num_threads(1)
    weights, tokenizer = load()
    model = LanguageModel(weights)
    start = "The animal didn't cross the street because it was too"
    _, tired, _ = record(model, tokenizer, f"{start} tired")
    words, wide, _ = record(model, tokenizer, f"{start} wide")
    it = words.index("it")
    moved = (tired[:, :, it] - wide[:, :, it]).abs().max().item()

    torch.manual_seed(0)
    twice = torch.randint(1000, 40_000, (20,)).repeat(2)  # (length,)
    early = [(1, head) for head in range(5)]
    loss = loss_of_repetition(model, twice, early)
    scores = induction(attention_maps(model, twice))[1, :5]
