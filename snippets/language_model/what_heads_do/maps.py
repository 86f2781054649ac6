# SPDX-License-Identifier: MIT
"""The weights of all heads in a few sentences, for the viewer on the page."""

import json
import string

import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load

# Each sentence shows one pattern.
SENTENCES = [
    "A quick brown fox jumps",
    "One two three, one two",
    "We walked in the rain",
    "The animal didn't cross the street because it",
    "Rome is in Italy. Berlin is in",
]
DIGITS = string.digits + string.ascii_letters
STEPS = 20  # weights are rounded to 1/20

# Suggestions: a name, the sentence, the head (layer, head), and the token to start from.
NAMED = [
    ("Looks one back", 0, 16, 0, 4),
    ("Induction", 1, 18, 6, 5),
    ("Sink", 2, 18, 8, 4),
    ("it → animal", 3, 13, 8, 8),
    ("it → street", 3, 21, 6, 8),
    ("in → Berlin", 4, 23, 4, 7),
]


class Recorded:
    """Words of the sentences, and the model's attention maps for them."""

    def __init__(self, weights, tokenizer):
        model = LanguageModel(weights)
        encodings = tokenizer.encode_batch(SENTENCES)
        longest = max(len(one.ids) for one in encodings)
        ids = [one.ids + [0] * (longest - len(one.ids)) for one in encodings]  # hidden: causal
        seen = []
        model(torch.tensor(ids), seen=seen)
        self.words = [[token.lstrip("Ġ") for token in one.tokens] for one in encodings]
        self.maps = []
        for at, words in enumerate(self.words):
            n = len(words)
            self.maps.append(torch.stack(seen)[:, at, :, :n, :n])  # (layers, heads, n, n)

    def weight(self, name):
        """Return the key with the largest weight in a named head, and that weight."""
        _, sentence, layer, head, query = next(one for one in NAMED if one[0] == name)
        weight, key = self.maps[sentence][layer, head, query].max(dim=-1)
        return self.words[sentence][key], weight.item()

    def data(self):
        """Return the words, maps and suggestions as JSON; each weight is one character."""
        pairs = zip(self.words, self.maps, strict=True)
        sentences = [{"words": words, "weights": as_digits(maps)} for words, maps in pairs]
        layers, heads = self.maps[0].shape[:2]
        told = {"digits": DIGITS, "steps": STEPS, "layers": layers, "heads": heads}
        told |= {"sentences": sentences, "named": NAMED}
        return json.dumps(told, separators=(",", ":")).encode()


def as_digits(maps):  # (layers, heads, n, n)
    """Return a digit per weight, by head and query; key 1 is left out: a row adds up to 1."""
    rows, columns = torch.tril_indices(maps.shape[-2], maps.shape[-1])
    later = columns > 0
    steps = (maps[:, :, rows[later], columns[later]] * STEPS).round().int()
    return "".join(DIGITS[number] for number in steps.flatten().tolist())


if __name__ == "__main__":
    torch.set_num_threads(1)  # with more, another rounding could move a weight by one step
    weights, tokenizer = load()
    recorded = Recorded(weights, tokenizer)
    data = recorded.data()
