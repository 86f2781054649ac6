# SPDX-License-Identifier: MIT
# checks: walkthrough/attention_scores
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.walkthrough.attention_scores import scores, scores_of_input_1, weights
from snippets.walkthrough.queries_keys_values import keys, queries

HINTS = {
    "scores_of_input_1": (
        "Compare query 1 with each of the keys.",
        "Python counts from 0, so query 1 is `queries[0]`. Its dot product with each row of `keys` "
        "is a matrix product with the keys, transposed.",
    ),
    "scores": (
        "Do the same for all queries together.",
        "The line above works with all of `queries`, too. Keep them on the left: each has a row. "
        "(In this example, the other order gives the same table. In general it does not.)",
    ),
    "weights": (
        "Share out each query's attention. What should add up to 1: a row or a column?",
        "`softmax(dim=...)`, along the axis of the keys, which is the last.",
    ),
}


def check_scores_of_input_1(scores_of_input_1, queries, keys):
    right = torch.einsum("d,kd->k", queries[0], keys)
    mistakes = {
        "query 1 met the columns of keys. A key is a row: is something not transposed?": lambda: (
            torch.einsum("d,dk->k", queries[0], keys)
        ),
        "the products are there. A score also adds them up.": lambda: queries[0] * keys,
        "this is a table with one row. `queries[0]` takes the row itself.": lambda: torch.einsum(
            "qd,kd->qk", queries[:1], keys
        ),
        "these are the scores of input 2. Python counts from 0.": lambda: torch.einsum(
            "d,kd->k", queries[1], keys
        ),
        "these are the scores of all inputs. Take query 1 alone.": lambda: torch.einsum(
            "qd,kd->qk", queries, keys
        ),
    }
    check("scores_of_input_1", scores_of_input_1, right, mistakes)


def check_scores(scores, queries, keys):
    right = torch.einsum("qd,kd->qk", queries, keys)
    mistakes = {
        "queries met the columns of keys. A key is a row: is something not transposed?": lambda: (
            torch.einsum("qd,dk->qk", queries, keys)
        ),
        "is the wrong one transposed? The axis of length d_k must drop out.": lambda: torch.einsum(
            "ia,ib->ab", queries, keys
        ),
        "is the product the wrong way round? Queries go down, keys across.": lambda: right.T,
        "the products are there. A score also adds them up.": lambda: queries * keys,
        "these are products, number by number. A score also adds them up: use @.": lambda: (
            queries * keys.T
        ),
        "they are divided by the root of d_k. This chapter does not scale yet.": lambda: (
            right / keys.shape[-1] ** 0.5
        ),
    }
    check("scores", scores, right, mistakes)


def check_weights(weights, scores):
    powers = scores.exp()
    mistakes = {
        "each column adds up to 1, not each row. Is it the axis, or a missing keepdim?": lambda: (
            powers / powers.sum(dim=0, keepdim=True)
        ),
        "all numbers together add up to 1, and each row should. Name an axis.": lambda: (
            powers / powers.sum()
        ),
        "the powers of e are there. Divide them by the sum of their row.": lambda: powers,
        "scores were divided as they are. Raise e to each score first.": lambda: (
            scores / scores.sum(dim=-1, keepdim=True)
        ),
        "these are the logarithms of the weights.": lambda: scores.log_softmax(dim=-1),
        "the scores came back unchanged.": lambda: scores,
    }
    check("weights", weights, powers / powers.sum(dim=-1, keepdim=True), mistakes)


if __name__ == "__main__":
    # --8<-- [start:scores_of_input_1] hidden
    check_scores_of_input_1(scores_of_input_1, queries, keys)
    # --8<-- [end:scores_of_input_1]

    # --8<-- [start:scores] hidden
    check_scores(scores, queries, keys)
    # --8<-- [end:scores]

    # --8<-- [start:weights] hidden
    check_weights(weights, scores)
    # --8<-- [end:weights]
