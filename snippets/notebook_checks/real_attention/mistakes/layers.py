# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/layers
"""Hints and checks for the blanks in the hands-on notebook of the layers."""

from torch import nn

from snippets.notebook_checks.blanks import NotYet, call
from snippets.real_attention.mistakes.layers import batch_first, examples_do_not_meet

HINTS = {
    "batch_first": (
        "In which order are the axes of our batch, and which order does the layer expect?",
        "`nn.MultiheadAttention` has an argument that says that the batch comes first.",
    ),
}


def check_layer(make_layer):
    """Raise NotYet unless the layer keeps the examples of a batch apart."""
    layer = call(make_layer, 6, 2, given="d_model=6 and n_heads=2")
    if not isinstance(layer, nn.MultiheadAttention):
        raise NotYet(f"batch_first returns {type(layer).__name__}; expected nn.MultiheadAttention.")
    try:
        examples_do_not_meet(make_layer)
    except AssertionError as error:
        raise NotYet(f"batch_first fails its test: {error}.") from None
    print("batch_first: right.")


if __name__ == "__main__":
    # --8<-- [start:batch_fix] hidden
    check_layer(batch_first)
    # --8<-- [end:batch_fix]
