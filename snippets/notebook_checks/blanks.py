# SPDX-License-Identifier: MIT
# folded: checks
"""Check the blanks that a reader filled, and explain mistakes in words."""

import dis
import re

import torch


class NotYet(Exception):
    """Raised for a blank that is not right yet. Notebooks show its message without a traceback."""

    def _render_traceback_(self):
        return [f"Not yet. {self}"]


def check(name, value, right, mistakes):
    """Raise NotYet unless a tensor is right. The message never shows the right numbers.

    mistakes: hint -> a function that returns the tensor that this mistake leads to
    """
    if value is ...:
        raise NotYet(
            f"{name} is still a blank: put your code where the three dots are, run that cell, "
            f"then run this one again."
        )
    if not isinstance(value, torch.Tensor):
        raise NotYet(f"{name} is not a tensor: it is of the type {type(value).__name__}.")
    if same_numbers(value, right):
        print(f"{name}: right.")
        return
    shapes = f"{name} has shape {tuple(value.shape)}; expected {tuple(right.shape)}"
    begin = (
        shapes
        if value.shape != right.shape
        else f"{name} has the right shape but not yet the right numbers"
    )
    for words, mistake in mistakes.items():
        if same_numbers(value, outcome(mistake)):
            raise NotYet(f"{begin}: {words}")
    if value.shape != right.shape:
        raise NotYet(f"{begin}.")
    raise NotYet(f"{begin}: {which_differ(value, right)}")


def which_differ(value, right):
    """Return a sentence that lists the wrong parts along the first axis."""
    part = {0: "number", 1: "number", 2: "row"}.get(right.dim(), "block")
    if right.dim() == 0:
        return "the right one is different."
    wrong = [i + 1 for i in range(len(right)) if not same_numbers(value[i], right[i])]
    if len(wrong) == len(right):
        return f"no {part} is right yet."
    return f"look at {part} {', '.join(map(str, wrong))}. The others are right."


SIZES = "Is something not transposed, or an axis counted from the wrong end?"


def call(function, *arguments, given, advice=SIZES, **named):
    """Return the result of a reader's function. Raise NotYet if there is none to check.

    A function with arguments must not use tensors from outside instead of them.

    given: a description of the arguments, such as "a batch of shape (2, 3, 5)"
    advice: the last sentence of the message if sizes do not fit
    """
    name = function.__name__
    outside = tensors_outside(function.__code__, function.__globals__)
    if outside and arguments:
        raise NotYet(
            f"{name} uses {' and '.join(outside)} from outside, so it gives the same whatever it "
            f"is called with. Use its arguments, and what is made of them inside."
        )
    before = [one.clone() if isinstance(one, torch.Tensor) else one for one in arguments]
    try:
        result = function(*arguments, **named)
    except Exception as error:
        raise NotYet(explained(name, error, given, advice)) from None
    for one, old in zip(arguments, before, strict=True):
        if isinstance(one, torch.Tensor) and not same_numbers(one, old):
            one.copy_(old)
            raise NotYet(f"{name} changed a tensor that it was given. Make a new one instead.")
    if result is None:
        raise NotYet(f"{name} returns nothing: it is still a blank, or its return is missing.")
    if result is ...:
        raise NotYet(f"{name} is still a blank: it returns the three dots.")
    return result


def tensors_outside(code, known):
    """Return the names of the global tensors that a function's code uses."""
    names = {
        one.argval for one in dis.get_instructions(code) if one.opname.startswith("LOAD_GLOBAL")
    }
    found = {name for name in names if isinstance(known.get(name), torch.Tensor)}
    for inner in code.co_consts:
        if hasattr(inner, "co_code"):  # a nested function
            found.update(tensors_outside(inner, known))
    return sorted(found)


def explained(name, error, given, advice):
    """Explain an error to the reader who wrote the function of that name."""
    text = str(error).partition("\n")[0]
    if isinstance(error, (TypeError, AttributeError)) and "ellipsis" in text:
        return f"{name} is still a blank: put your code where the three dots are in it."
    if isinstance(error, NameError):
        found = re.search(r"'(.+?)'", text)
        return (
            f"{name} uses a name that is not defined: {found[1] if found else text}. Is it "
            f"misspelled, or is a line missing above it?"
        )
    if isinstance(error, AttributeError):
        return (
            f"{name} uses an attribute that does not exist: {text}. Is it misspelled? Or is an "
            f"argument not what you think?"
        )
    if "return_types" in text:
        return (
            f"{name}: max along a dim gives values and their places. amax gives the values alone."
        )
    if isinstance(error, TypeError) and "missing" in text:
        return f"{name} does not run: a call in it lacks an argument ({text})."
    if isinstance(error, TypeError):
        return (
            f"{name} does not run with {given}: a call in it gets an argument that it cannot use "
            f"({text}). Look at each call: are its arguments what you think?"
        )
    if "view size is not compatible" in text:
        return (
            f"{name}: after a transpose, view cannot read the numbers in their new order. reshape "
            f"can, since it copies them if it must."
        )
    return (
        f"{name} does not run with {given}: sizes do not fit ({text}). Write down the shape of "
        f"each tensor. {advice}"
    )


def outcome(mistake):
    """Return the tensor of a mistake, or None if it fails with tensors of these sizes."""
    try:
        return mistake()
    except (RuntimeError, IndexError):
        return None


def same_numbers(one, two):
    """Return whether two tensors have the same shape, and the same numbers up to rounding.

    The absolute tolerance matters near 0: sums that nearly cancel keep their rounding errors.
    """
    if two is None or one.shape != two.shape:
        return False
    return torch.allclose(one.float(), two.float(), atol=1e-5)
