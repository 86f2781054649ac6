# SPDX-License-Identifier: MIT
# checks: language_model/tokens
"""Hints and checks for the blank on temperature in the hands-on notebook of this chapter."""

import torch

from snippets.language_model.tokens import at_temperature
from snippets.notebook_checks.blanks import call, check

HINTS = {
    "at_temperature": (
        "How does a temperature make shares sharper or more even? It acts before they are shares.",
        "Divide the logits by the temperature. Then take the softmax over the last axis.",
    ),
}


def check_at_temperature(at_temperature):
    """Try two rows of logits, so that a softmax over the wrong axis cannot pass."""
    logits = torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, 1.0]])
    right = (logits / 0.5).softmax(dim=-1)
    ours = call(at_temperature, logits, 0.5, given="logits of shape (2, 3)")
    mistakes = {
        "the temperature is not used yet.": lambda: logits.softmax(dim=-1),
        "this multiplies by the temperature. Divide by it.": lambda: (logits * 0.5).softmax(dim=-1),
        "this divides the shares. Divide the logits, and take the softmax after that.": lambda: (
            logits.softmax(dim=-1) / 0.5
        ),
        "these are the logits. Their softmax is missing.": lambda: logits / 0.5,
    }
    check("what at_temperature returns", ours, right, mistakes)
    ours = call(at_temperature, logits[0], 0.5, given="logits of shape (3,)")
    check("for a single row, what at_temperature returns", ours, right[0], {})


if __name__ == "__main__":
    # --8<-- [start:at_temperature] hidden
    check_at_temperature(at_temperature)
    # --8<-- [end:at_temperature]
