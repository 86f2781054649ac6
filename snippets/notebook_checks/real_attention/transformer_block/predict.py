# SPDX-License-Identifier: MIT
# checks: real_attention/transformer_block/predict
"""Hints and checks for the blanks on prediction in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.transformer_block.predict import inputs, losses_of, targets, text

HINTS = {
    "inputs": (
        "Which words have a next word?",
        "All but the last of each sentence. Rows are sentences, so slice the second axis: "
        "`text[:, ...]`.",
    ),
    "targets": (
        "Which words come next?",
        "All but the first of each sentence.",
    ),
    "losses_of.shares": (
        "Logits are any numbers. How do they become shares of all words?",
        "A softmax along the axis of the words, which is the last.",
    ),
    "losses_of.return": (
        "`right` holds the share of the right word. How large is the surprise?",
        "Minus the logarithm, `log()`. `squeeze(-1)` takes away the last axis, which has length 1.",
    ),
}


def check_shift(inputs, targets, text):
    n = text.shape[1]
    first, last = torch.arange(n - 1), torch.arange(1, n)
    mistakes = {
        "nothing follows the last word, so it is no input.": lambda: text,
        "this leaves out the first word, not the last.": lambda: text[:, last],
        "this leaves out a sentence. The words are along the second axis.": lambda: text[:-1],
    }
    check("inputs", inputs, text[:, first], mistakes)
    mistakes = {
        "these are the inputs themselves. A target is one word further on.": lambda: text[:, first],
        "the first word follows no other, so it is no target.": lambda: text,
        "this leaves out a sentence. The words are along the second axis.": lambda: text[1:],
    }
    check("targets", targets, text[:, last], mistakes)


def check_losses(losses_of):
    """Try tensors with different sizes."""
    random = torch.Generator().manual_seed(0)
    logits = torch.randn((2, 3, 5), generator=random)
    targets = torch.tensor([[4, 0, 2], [1, 1, 3]])
    right = torch.nn.functional.cross_entropy(logits.mT, targets, reduction="none")
    picked = logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    ours = call(losses_of, logits, targets, given="logits of shape (2, 3, 5)")
    mistakes = {
        "the last axis, of length 1, is still there. squeeze(-1) takes it away.": lambda: (
            right.unsqueeze(-1)
        ),
        "these are the shares. The loss is minus their logarithm.": lambda: (-right).exp(),
        "this is 1 minus the share. The loss is minus the logarithm of the share.": lambda: (
            1 - (-right).exp()
        ),
        "the softmax runs over the sentences. The words are the last axis.": lambda: (
            -logits.log_softmax(dim=0).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        ),
        "the sign is turned around: a loss is large where the share is small.": lambda: -right,
        "there is no softmax: logits are not shares.": lambda: -picked,
        "this is the mean. Each position has a loss of its own.": lambda: right.mean(),
        "the softmax runs over positions. The words are the last axis.": lambda: (
            -logits.log_softmax(dim=1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        ),
    }
    check("what losses_of returns", ours, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:text] hidden
    check_shift(inputs, targets, text)
    # --8<-- [end:text]

    # --8<-- [start:losses] hidden
    check_losses(losses_of)
    # --8<-- [end:losses]
