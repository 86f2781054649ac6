# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

MIRRORED = "def mirrored(weights):\n"
PREVIOUS = "def previous(weights):\n"

WRONG = [
    (MIRRORED + "    pass", "mirrored returns nothing"),
    (MIRRORED + "    return weights.flip(7)", "mirrored does not run"),
    (
        MIRRORED + "    return weights.diagonal(dim1=-2, dim2=-1).mean().item()",
        "its own key",
    ),
    (
        MIRRORED + "    return weights.flip(-1).diagonal(dim1=-2, dim2=-1).sum().item()",
        "this is the sum",
    ),
    (MIRRORED + "    return weights.flip(-1).mean().item()", "the same for every head"),
    (MIRRORED + "    return weights.flip(-1).diagonal().mean().item()", "with dim1=-2"),
    (PREVIOUS + "    pass", "previous returns nothing"),
    (PREVIOUS + "    return weights.diagonal(dim=1)", "previous does not run"),
    (
        PREVIOUS + "    return weights.diagonal(offset=1, dim1=-2, dim2=-1).mean().item()",
        "Which sign",
    ),
    (
        PREVIOUS + "    return weights.diagonal(dim1=-2, dim2=-1).mean().item()",
        "its own key",
    ),
    (
        PREVIOUS + "    return weights.diagonal(offset=-1).mean().item()",
        "runs over the batch",
    ),
]
