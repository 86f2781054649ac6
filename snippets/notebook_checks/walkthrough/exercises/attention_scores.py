# SPDX-License-Identifier: MIT
# checks: walkthrough/exercises/attention_scores
"""Hints and checks for the exercise in which readers choose two matrices."""

import torch

from snippets.notebook_checks.blanks import NotYet
from snippets.walkthrough.exercises.attention_scores import found_by, look_for

HINTS = {
    "look_for": (
        "The matrix that makes the queries. What should each word look for?",
        "An input such as [0, 1, 0] picks out row 2 of the matrix, so row 2 is the query of word "
        "2. Write the matrix as `torch.tensor([[0.0, 0, 0], ...])`.",
    ),
    "found_by": (
        "The matrix that makes the keys. What should each word be found by?",
        "Row by row, this is what the queries have to agree with. `torch.eye(3)` has ones on the "
        "diagonal and zeros elsewhere.",
    ),
}


def check_look_back(look_for, found_by):
    for name, matrix in {"look_for": look_for, "found_by": found_by}.items():
        if matrix is ...:
            raise NotYet(f"{name} is still a blank: put your code where the three dots are.")
        if not isinstance(matrix, torch.Tensor) or matrix.shape != (3, 3):
            raise NotYet(f"{name} should be a tensor of shape (3, 3).")
    weights = (look_for.float() @ found_by.float().T).softmax(dim=-1)  # the inputs are rows of 1
    before, after = weights.diagonal(-1), weights.diagonal(1)
    if (before > 0.9).all():
        print("look_for and found_by: right.")
        return
    told = f"word 2 gives word 1 {before[0]:.0%} and word 3 gives word 2 {before[1]:.0%}."
    if (after > before.flip(0)).all():
        told += " Do they look at the word after them?"
    elif (weights.diagonal() > 0.5).all():
        told += " Each word looks at itself."
    elif weights.max() < 0.9:
        told += " The shares are nearly equal: larger numbers make a sharper choice."
    raise NotYet(told)


if __name__ == "__main__":
    # --8<-- [start:look_back] hidden
    check_look_back(look_for, found_by)
    # --8<-- [end:look_back]
