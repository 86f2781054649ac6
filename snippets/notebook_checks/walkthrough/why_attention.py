# SPDX-License-Identifier: MIT
# checks: walkthrough/why_attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.walkthrough.why_attention import attend, bank, new_bank, river_bank, scores, weights

HINTS = {
    "scores": (
        "How much does each word of the phrase agree with bank?",
        "River and bank are the rows of `river_bank`. `@` with a vector gives the dot product of "
        "each row with that vector.",
    ),
    "weights": (
        "Turn the scores into shares that add up to 1.",
        "`softmax(dim=...)` does it. There is only one axis, and -1 is the last one.",
    ),
    "new_bank": (
        "Blend the two words, each with its share.",
        "A product, `@`: the weights on the left say how much of each row on the right goes in.",
    ),
    "attend": (
        "Put the three steps so far into one function.",
        "Compare `word` with the rows of `phrase`, take the softmax, and return the blend of the "
        "rows. Use the names of the arguments, not those of above.",
    ),
}


def check_fit(scores, river_bank, bank):
    right = torch.einsum("wm,m->w", river_bank, bank)
    mistakes = {
        "this multiplies number by number. A dot product adds up, too.": lambda: river_bank * bank,
        "this is bank with itself. Each row of river_bank has a score.": lambda: bank @ bank,
        "these are the scores of river. Compare each row with bank.": lambda: (
            river_bank @ river_bank[0]
        ),
    }
    check("scores", scores, right, mistakes)


def check_shares(weights, scores):
    right = scores.exp() / scores.exp().sum()
    mistakes = {
        "these are powers of e. Divide them by their sum, as softmax does.": lambda: scores.exp(),
        "these are the scores themselves.": lambda: scores,
    }
    check("weights", weights, right, mistakes)


def check_blend(new_bank, weights, river_bank):
    right = torch.einsum("w,wm->m", weights, river_bank)
    mistakes = {
        "this is the sum of both words. Each comes in with its own share.": lambda: river_bank.sum(
            dim=0
        ),
        "is the product the wrong way round? The axis of the words must drop out.": lambda: (
            river_bank @ weights
        ),
        "these are the rows with their shares. Add them up, too.": lambda: (
            weights.unsqueeze(-1) * river_bank
        ),
    }
    check("new_bank", new_bank, right, mistakes)


def check_attend(attend):
    """Try tensors with different sizes, so that a swapped axis cannot pass."""
    random = torch.Generator().manual_seed(0)
    word, phrase = torch.randn(3, generator=random), torch.randn((4, 3), generator=random)
    scores = torch.einsum("wm,m->w", phrase, word)
    right = torch.einsum("w,wm->m", scores.exp() / scores.exp().sum(), phrase)
    ours = call(attend, word, phrase, given="a phrase of 4 words with 3 numbers each")
    mistakes = {
        "is there no softmax? Scores are not shares.": lambda: scores @ phrase,
        "these are the weights. Blend the words of the phrase with them.": lambda: scores.softmax(
            dim=-1
        ),
    }
    check("what attend returns", ours, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:scores] hidden
    check_fit(scores, river_bank, bank)
    # --8<-- [end:scores]

    # --8<-- [start:weights] hidden
    check_shares(weights, scores)
    # --8<-- [end:weights]

    # --8<-- [start:blend] hidden
    check_blend(new_bank, weights, river_bank)
    # --8<-- [end:blend]

    # --8<-- [start:attend] hidden
    check_attend(attend)
    # --8<-- [end:attend]
