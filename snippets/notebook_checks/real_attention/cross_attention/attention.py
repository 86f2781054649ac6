# SPDX-License-Identifier: MIT
# checks: real_attention/cross_attention/attention
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.real_attention.cross_attention.attention import (
    cross_attention,
    cross_outputs,
    cross_scores,
    cross_weights,
    target_queries,
)
from snippets.real_attention.cross_attention.target import target
from snippets.walkthrough.projection_weights import w_key, w_query
from snippets.walkthrough.queries_keys_values import keys, values

HINTS = {
    "target_queries": (
        "Who asks: the target or the source?",
        "The target times the projection matrix of the queries.",
    ),
    "cross_scores": (
        "Compare each query of the target with each key of the source.",
        "As in self-attention: queries times keys, transposed.",
    ),
    "cross_outputs": (
        "What does each word of the target take from the source?",
        "A matrix product, `@`, of the weights and the values of the source.",
    ),
    "cross_attention": (
        "Which of the two lists makes the queries, and which makes keys and values?",
        "Three projections, then one call of `attention`, which takes the mask, too.",
    ),
}


def check_scores(target_queries, cross_scores, target, w_query, w_key, keys):
    check(
        "target_queries",
        target_queries,
        torch.einsum("id,dk->ik", target, w_query),
        {
            "these are keys of the target. Which projection weights make queries?": lambda: (
                target @ w_key
            ),
            "the target came back unchanged.": lambda: target,
        },
    )
    check(
        "cross_scores",
        cross_scores,
        torch.einsum("qd,kd->qk", target_queries, keys),
        {
            "queries met the columns of keys. A key is a row: is something not transposed?": (
                lambda: target_queries @ keys
            ),
            "is the product the wrong way round? Queries go down, keys across.": lambda: (
                keys @ target_queries.T
            ),
            "the target met itself. The keys come from the source.": lambda: (
                target_queries @ (target @ w_key).T
            ),
        },
    )


def check_outputs_of_targets(cross_outputs, cross_scores, cross_weights, keys, values):
    check(
        "cross_outputs",
        cross_outputs,
        torch.einsum("qk,kd->qd", cross_weights, values),
        {
            "these are the keys, weighted. What does a key hand over?": lambda: (
                cross_weights @ keys
            ),
            "here the scores are the shares. Use the weights.": lambda: cross_scores @ values,
            "should values be transposed? A value is a row.": lambda: cross_weights @ values.T,
        },
    )


def check_cross_attention(cross_attention):
    """Try tensors with different sizes, so that a swapped axis cannot pass."""
    random = torch.Generator().manual_seed(0)
    sizes = (2, 4), (5, 4), (4, 3), (4, 3), (4, 7)
    target, source, w_query, w_key, w_value = (torch.randn(s, generator=random) for s in sizes)
    mask = torch.tensor([True, False, True, True, False])

    def of(target, source, w_query, w_key, w_value, mask=None):
        queries, keys, values = target @ w_query, source @ w_key, source @ w_value
        scores = torch.einsum("qd,kd->qk", queries, keys) / w_key.shape[-1] ** 0.5
        scores = scores if mask is None else scores.where(mask, -torch.inf)
        return torch.einsum("qk,kd->qd", scores.softmax(dim=-1), values)

    def ours(mask=None):
        arguments = target, source, w_query, w_key, w_value, mask
        return call(cross_attention, *arguments, given="2 targets and a source of 5")

    name = "what cross_attention returns"
    weights = w_query, w_key, w_value
    check(
        f"for 2 targets and 5 of the source, {name}",
        ours(),
        of(target, source, *weights),
        {
            "target and source changed places.": lambda: of(source, target, *weights),
            "the target attends to itself. Where do keys and values come from?": lambda: of(
                target, target, *weights
            ),
            "the source attends to itself. Where do the queries come from?": lambda: of(
                source, source, *weights
            ),
            "w_query and w_key changed places.": lambda: of(
                target, source, w_key, w_query, w_value
            ),
        },
    )
    check(
        f"with a mask, {name}",
        ours(mask),
        of(target, source, *weights, mask),
        {
            "the mask is lost on the way to attention.": lambda: of(target, source, *weights),
            "the mask is turned around: True means that a key may be seen.": lambda: of(
                target, source, *weights, ~mask
            ),
        },
    )


if __name__ == "__main__":
    # --8<-- [start:scores] hidden
    check_scores(target_queries, cross_scores, target, w_query, w_key, keys)
    # --8<-- [end:scores]

    # --8<-- [start:outputs] hidden
    check_outputs_of_targets(cross_outputs, cross_scores, cross_weights, keys, values)
    # --8<-- [end:outputs]

    # --8<-- [start:cross_attention] hidden
    check_cross_attention(cross_attention)
    # --8<-- [end:cross_attention]
