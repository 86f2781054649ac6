# SPDX-License-Identifier: MIT
# folded: checks
"""Checks a reader's fix with the test of its exhibit, then against what PyTorch computes."""

import torch

from snippets.notebook_checks.blanks import NotYet, call


def check_fix(fix, test, arguments, right):
    """Raises NotYet with what the exhibit's test says of a fix.

    arguments: sizes that are all different, so that a swapped axis cannot pass
    right: what the fix should give for them
    """
    name = fix.__name__
    given = " and ".join(str(tuple(one.shape)) for one in arguments if torch.is_tensor(one))

    def watched(*given_to_test):
        return call(fix, *given_to_test, given="what its test gives it")

    watched.__name__ = name
    try:
        test(watched)
    except AssertionError as error:
        raise NotYet(f"{name} fails its test: {error}.") from None
    made = call(fix, *arguments, given=f"tensors of shape {given}")
    if not isinstance(made, torch.Tensor) or made.shape != right.shape:
        shape = tuple(made.shape) if isinstance(made, torch.Tensor) else type(made).__name__
        raise NotYet(f"{name} returns {shape}; expected a tensor of shape {tuple(right.shape)}.")
    if not torch.allclose(made, right, atol=1e-6):
        raise NotYet(f"{name} passes its test, but PyTorch computes something else: look again.")
    print(f"{name}: right.")
