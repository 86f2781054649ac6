# SPDX-License-Identifier: MIT
# checks: real_attention/masking/attention
"""Hints and checks for the blank in the hands-on notebook on masking: the function."""

import torch

from snippets.notebook_checks.blanks import NotYet, check, same
from snippets.real_attention.masking.attention import attention

HINTS = {
    "attention": "as in the chapter before, but with -inf for scores where the mask is not True",
}


def check_attention(attention):
    """Tries it on sizes that are all different, so that a swapped axis cannot pass."""
    random = torch.Generator().manual_seed(0)
    sizes = (2, 5, 7), (2, 3, 7), (2, 3, 11)
    queries, keys, values = (torch.randn(size, generator=random) for size in sizes)
    mask = torch.tensor([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 1]]).bool()
    scores = torch.einsum("bqd,bkd->bqk", queries, keys) / 7**0.5

    def mixed(weights):
        return torch.einsum("bqk,bkd->bqd", weights, values)

    def of(scores):
        return mixed(scores.softmax(dim=-1))

    def hidden(where):
        return scores.masked_fill(where, -torch.inf)

    unmasked = attempt(attention, queries, keys, values)
    check(
        "without a mask, what attention returns",
        unmasked,
        of(scores),
        {
            "the scores are not scaled.": lambda: of(scores * 7**0.5),
            "is there no softmax?": lambda: mixed(scores),
            "the softmax ran over the queries.": lambda: mixed(scores.softmax(dim=-2)),
        },
    )
    masked = attempt(attention, queries, keys, values, mask)
    check(
        "with a mask, what attention returns",
        masked,
        of(hidden(~mask)),
        {
            "the mask had no effect. Does masked_fill go anywhere?": lambda: of(scores),
            "it is the wrong way round. True means: may attend.": lambda: of(hidden(mask)),
            "the mask came after the softmax: hidden keys are in its sum.": lambda: mixed(
                scores.softmax(dim=-1).masked_fill(~mask, 0)
            ),
            "the mask was added. True counts as 1, and hides nothing.": lambda: of(scores + mask),
            "hidden scores became 0, and a score of 0 still gets a share.": lambda: of(
                scores * mask
            ),
        },
    )
    nothing = attempt(attention, queries, keys, values, torch.zeros_like(mask))
    if same(nothing, of(torch.zeros_like(scores))):
        raise NotYet(
            "a query that may attend to nothing attends to all keys alike: the scores are finite. "
            "Minus infinity is -torch.inf."
        )


def attempt(attention, *tensors):
    masked = "with" if len(tensors) == 4 else "without"
    try:
        outputs = attention(*tensors)
    except (RuntimeError, IndexError, TypeError, AttributeError) as error:
        raise NotYet(
            f"attention does not run {masked} a mask, on a batch of 2 sequences with 5 queries and "
            f"3 keys of length 7, and 3 values of length 11. ({error})"
        ) from None
    if outputs is None:
        raise NotYet("attention returns nothing: it is still a blank, or its return is missing.")
    return outputs


if __name__ == "__main__":
    # --8<-- [start:attention] hidden
    check_attention(attention)
    # --8<-- [end:attention]
