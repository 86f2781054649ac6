# SPDX-License-Identifier: MIT
# folded: checks
"""Says in words what is wrong with a blank that a reader filled."""

import torch


class NotYet(Exception):
    """A blank is not right yet. A notebook shows the words alone, without a traceback."""

    def _render_traceback_(self):
        return [f"Not yet. {self}"]


def check(name, value, right, mistakes):
    """Raises NotYet with what is wrong with a tensor, never with what is right.

    mistakes: words -> a function that gives what this mistake gives
    """
    if value is ...:
        raise NotYet(
            f"{name} is still a blank: put your code where its three dots are, run that cell, "
            f"then run this one again."
        )
    if not isinstance(value, torch.Tensor):
        raise NotYet(f"{name} is not a tensor: it is of the type {type(value).__name__}.")
    if same(value, right):
        print(f"{name}: right.")
        return
    shapes = f"{name} has shape {tuple(value.shape)}; expected {tuple(right.shape)}"
    begin = (
        shapes
        if value.shape != right.shape
        else f"{name} has the right shape but not yet the right numbers"
    )
    for words, mistake in mistakes.items():
        if same(value, outcome(mistake)):
            raise NotYet(f"{begin}: {words}")
    if value.shape != right.shape:
        raise NotYet(f"{begin}.")
    wrong = [i + 1 for i in range(len(right)) if not same(value[i], right[i])]
    raise NotYet(f"{begin}: see place {', '.join(map(str, wrong))} along the first axis.")


def outcome(mistake):
    """What a mistake gives, or None where it does not run with tensors of these sizes."""
    try:
        return mistake()
    except (RuntimeError, IndexError):
        return None


def same(one, two):
    """Whether two tensors have one shape, and the same numbers up to rounding.

    Near zero, too: processors add in different orders, and what nearly cancels keeps their error.
    """
    if two is None or one.shape != two.shape:
        return False
    return torch.allclose(one.float(), two.float(), atol=1e-5)
