# SPDX-License-Identifier: MIT
# folded: checks
"""Check a reader's fix with the test of its exhibit, then against PyTorch."""

import torch

from snippets.notebook_checks.blanks import NotYet, call


def check_fix(fix, test, arguments, right):
    """Raise NotYet with the message of the exhibit's test if a fix fails it.

    arguments: tensors with different sizes, so that a swapped axis cannot pass
    right: the result that the fix should return for these arguments
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
