# SPDX-License-Identifier: MIT
# checks: language_model/tokens
"""Hints and checks for the blank on temperature in the hands-on notebook of this chapter."""

import torch

from snippets.language_model.tokens import at_temperature
from snippets.notebook_checks.blanks import NotYet, check

HINTS = {
    "at_temperature": "divide the logits by the temperature, then take the softmax over the last "
    "axis",
}


def check_at_temperature(at_temperature):
    """Tries it on two rows, so that a softmax over the wrong axis cannot pass."""
    logits = torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, 1.0]])
    right = (logits / 0.5).softmax(dim=-1)
    try:
        ours = at_temperature(logits, 0.5)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise NotYet(f"at_temperature does not run on logits of shape (2, 3): {error}") from None
    if ours is None:
        raise NotYet(
            "at_temperature returns nothing: it is still a blank, or its return is missing."
        )
    mistakes = {
        "the temperature is not used yet.": lambda: logits.softmax(dim=-1),
        "this multiplies by the temperature. Divide by it.": lambda: (logits * 0.5).softmax(dim=-1),
        "this divides the shares. Divide the logits, and take the softmax after that.": lambda: (
            logits.softmax(dim=-1) / 0.5
        ),
        "these are the logits. Their softmax is missing.": lambda: logits / 0.5,
    }
    check("what at_temperature returns", ours, right, mistakes)


if __name__ == "__main__":
    # --8<-- [start:at_temperature] hidden
    check_at_temperature(at_temperature)
    # --8<-- [end:at_temperature]
