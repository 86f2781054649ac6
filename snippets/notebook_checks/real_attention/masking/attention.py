# SPDX-License-Identifier: MIT
# checks: real_attention/masking/attention
"""Hints and checks for the blank in the hands-on notebook on masking: the function."""

import torch

from snippets.notebook_checks.blanks import NotYet, call, check, same_numbers
from snippets.real_attention.masking.attention import attention

HINTS = {
    "attention": (
        "Write the function of the chapter before. Then hide what the mask does not allow.",
        "Before the softmax, `scores.masked_fill(where, -torch.inf)` hides every place where "
        "`where` is True. The mask is True where a query may attend, and `~` turns it around. "
        "Without a mask, leave the scores alone.",
    ),
}


def check_attention(attention):
    """Try it with and without a batch, and different sizes: a swapped axis cannot pass."""
    for leading, where in ((2,), "on a batch"), ((), "without a batch"), ((2, 3), "with heads"):
        attempt(attention, leading, where)


def attempt(attention, leading, where):
    random = torch.Generator().manual_seed(0)
    sizes = (5, 7), (3, 7), (3, 11)
    queries, keys, values = (torch.randn(*leading, *size, generator=random) for size in sizes)
    mask = torch.tensor([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 1]]).bool()
    scores = torch.einsum("...qd,...kd->...qk", queries, keys) / 7**0.5

    def mixed(weights):
        return torch.einsum("...qk,...kd->...qd", weights, values)

    def of(scores):
        return mixed(scores.softmax(dim=-1))

    def hidden(where):
        return scores.masked_fill(where, -torch.inf)

    def ours(mask=None):
        masked = "no mask" if mask is None else "a mask"
        given = f"{masked}, 5 queries and 3 keys of length 7, and values of length 11, {where}"
        return call(attention, queries, keys, values, mask, given=given)

    check(
        f"without a mask, {where}, what attention returns",
        ours(),
        of(scores),
        {
            "the scores are not scaled.": lambda: of(scores * 7**0.5),
            "is there no softmax?": lambda: mixed(scores),
            "the softmax ran over the queries.": lambda: mixed(scores.softmax(dim=-2)),
        },
    )
    check(
        f"with a mask, {where}, what attention returns",
        ours(mask),
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
    if same_numbers(ours(torch.zeros_like(mask)), of(torch.zeros_like(scores))):
        raise NotYet(
            "a query that may attend to nothing attends to all keys alike: the scores are finite. "
            "Minus infinity is -torch.inf."
        )


if __name__ == "__main__":
    # --8<-- [start:attention] hidden
    check_attention(attention)
    # --8<-- [end:attention]
