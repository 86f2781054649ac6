# SPDX-License-Identifier: MIT
# checks: real_attention/layer/first
"""Hints and checks for the blank in the hands-on notebook of this chapter: the layer."""

import math

import torch

from snippets.notebook_checks.blanks import NotYet, call, check
from snippets.real_attention.layer.first import FirstLayer

HINTS = {
    "FirstLayer.forward": (
        "Project, split into heads, attend, put the heads together, project again.",
        "Keys and values come from context, and where that is None, from x. `self.split` makes "
        "heads of what `self.w_query` and the others give. Drop weights only where `self.training` "
        "is True. `transpose(-3, -2).flatten(-2)` puts the heads together for `self.w_output`.",
    ),
}


def check_first_layer(FirstLayer):
    """Try 5 inputs, then a context of 7, a mask, is_causal and dropout."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        layer, dropping = FirstLayer(6, 3).eval(), FirstLayer(6, 3, dropout=0.5)
        x, context = torch.randn(2, 5, 6), torch.randn(2, 7, 6)
        check_forward(layer, x, context)
        check_modes(dropping, x)


def check_forward(layer, x, context):
    mask = torch.ones(5, 7).tril(1).bool()
    past = torch.ones(5, 5).tril().bool()

    def of(x, context, mask=None, heads=3, output=layer.w_output, rows=(0, 1, 2)):
        projections = [layer.w_query(x), layer.w_key(context), layer.w_value(context)]
        three = [torch.stack(one.chunk(heads, dim=-1), dim=-3) for one in projections]
        queries, keys, values = (three[row] for row in rows)
        scores = torch.einsum("bhqd,bhkd->bhqk", queries, keys) / math.sqrt(6 / heads)
        scores = scores if mask is None else scores.where(mask, -torch.inf)
        mixed = torch.einsum("bhqk,bhkd->bhqd", scores.softmax(dim=-1), values)
        return output(torch.cat(mixed.unbind(dim=-3), dim=-1))

    def ours(*arguments, given, **named):
        return call(layer.forward, *arguments, given=given, **named)

    check(
        "for 5 inputs alone, what forward returns",
        ours(x, given="x of shape (2, 5, 6) and 3 heads"),
        of(x, x),
        {
            "w_output is missing.": lambda: of(x, x, output=torch.nn.Identity()),
            "there is one head alone. Split queries, keys and values.": lambda: of(x, x, heads=1),
            "queries and keys changed places.": lambda: of(x, x, rows=(1, 0, 2)),
            "the keys were averaged where the values belong.": lambda: of(x, x, rows=(0, 1, 1)),
        },
    )
    check(
        "with a context of 7, what forward returns",
        ours(x, context, given="x of shape (2, 5, 6) and a context of shape (2, 7, 6)"),
        of(x, context),
        {
            "the context has no effect. What are keys and values made of?": lambda: of(x, x),
            "the context asks, and x answers. It is the other way round.": lambda: of(context, x),
        },
    )
    check(
        "with a mask, what forward returns",
        ours(x, context, mask=mask, given="a mask of shape (5, 7)"),
        of(x, context, mask),
        {"the mask is lost on the way to the function.": lambda: of(x, context)},
    )
    check(
        "with is_causal, what forward returns",
        ours(x, is_causal=True, given="is_causal=True"),
        of(x, x, past),
        {"is_causal is lost on the way to the function.": lambda: of(x, x)},
    )


def check_modes(layer, x):
    given = "x of shape (2, 5, 6) and dropout 0.5"
    first, second = (call(layer.eval().forward, x, given=given) for _ in range(2))
    if not torch.equal(first, second):
        raise NotYet("forward drops weights after eval(), too. Ask self.training.")
    first, second = (call(layer.train().forward, x, given=given) for _ in range(2))
    if torch.equal(first, second):
        raise NotYet("forward drops nothing in training. Pass on self.dropout.")


if __name__ == "__main__":
    # --8<-- [start:first] hidden
    check_first_layer(FirstLayer)
    # --8<-- [end:first]
