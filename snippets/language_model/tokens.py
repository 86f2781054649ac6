# SPDX-License-Identifier: MIT
# timeout: 300 s
import json
from itertools import pairwise

# --8<-- [start:tokens]
import torch

from snippets.language_model.model import LanguageModel, rms_norm
from snippets.language_model.weights import load

weights, tokenizer = load()
text = "The capital of France is"
encoding = tokenizer.encode(text)
# --8<-- [end:tokens]

torch.set_num_threads(1)  # for so few tokens, a second thread costs more than it saves


# --8<-- [start:joined]
def joined(word, ranks):
    """Yield the parts of a word before and after each merge."""
    parts = list(word)
    while True:
        yield parts
        pairs = list(pairwise(parts))
        first = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)), default=None)
        if first not in ranks:
            return
        i = pairs.index(first)
        parts = [*parts[:i], "".join(first), *parts[i + 2 :]]


def ranks_of(tokenizer):
    """Rank of each merge of a tokenizer; the earliest has rank 0."""
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return {tuple(pair): rank for rank, pair in enumerate(merges)}


# --8<-- [end:joined]

# --8<-- [start:model]
model = LanguageModel(weights)
ids = torch.tensor(encoding.ids)  # (tokens,)
# --8<-- [end:model]


# --8<-- [start:generate]
def generate(model, text, n_tokens):
    ids = tokenizer.encode(text).ids
    for _ in range(n_tokens):
        logits = model(torch.tensor(ids))[-1]  # (vocabulary,)
        ids.append(int(logits.argmax()))
    return tokenizer.decode(ids)


# --8<-- [end:generate]


# --8<-- [start:at_temperature]
def at_temperature(logits, temperature):
    return (logits / temperature).softmax(dim=-1)  # (..., vocabulary)


# --8<-- [end:at_temperature]

if __name__ == "__main__":
    # --8<-- [start:show_tokens]
    print("tokens:", encoding.tokens)
    print("ids:   ", encoding.ids)
    # --8<-- [end:show_tokens]

    # --8<-- [start:show_joined]
    for parts in joined("ĠFrance", ranks_of(tokenizer)):
        print(*parts)
    # --8<-- [end:show_joined]

    # --8<-- [start:normalized]
    from snippets.walkthrough.inputs import x

    print("normalized inputs", rms_norm(x, gain=torch.ones(4)), sep="\n")
    # --8<-- [end:normalized]

    # --8<-- [start:next]
    logits = model(ids)  # (tokens, vocabulary)
    shares = logits[-1].softmax(dim=-1)  # (vocabulary,)
    for share, token in zip(*shares.topk(5), strict=True):
        print(f"token {tokenizer.decode([int(token)])!r:10}{share:.2f}")
    # --8<-- [end:next]

    # --8<-- [start:show_generate]
    print(generate(model, "A bank is a place where", 5))
    # --8<-- [end:show_generate]

    # --8<-- [start:shares]
    question = torch.tensor(tokenizer.encode("My favorite color is").ids)
    color = model(question)[-1]  # (vocabulary,)
    likeliest = color.topk(6).indices
    names = [tokenizer.decode([int(token)]) for token in likeliest]
    print("temperature", *(f"{name!r:>7}" for name in names))
    for temperature in (0.5, 1, 2):
        shares = at_temperature(color, temperature)  # (vocabulary,)
        row = " ".join(f"{share:7.2f}" for share in shares[likeliest])
        print(f"{temperature:<11} {row}")
    # --8<-- [end:shares]

    # --8<-- [start:draws]
    for temperature in (0.5, 1, 2):
        torch.manual_seed(0)
        shares = at_temperature(color, temperature)
        drawn = torch.multinomial(shares, 5, replacement=True)
        words = [tokenizer.decode([int(token)]) for token in drawn]
        print(f"temperature {temperature:<4}", words)
    # --8<-- [end:draws]
