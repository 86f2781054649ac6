# SPDX-License-Identifier: MIT
# checks: walkthrough/outputs
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import call, check
from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.outputs import outputs, outputs_in_one_line, self_attention
from snippets.walkthrough.queries_keys_values import values
from snippets.walkthrough.weighted_values import weighted_values

HINTS = {
    "outputs": (
        "Each query has taken something from every key. Add that up.",
        "`sum(dim=...)`. The axes are queries, keys and numbers, and the keys must disappear.",
    ),
    "outputs_in_one_line": (
        "Multiply and add up in one step, without `weighted_values`.",
        "A matrix product, `@`, of `weights` and `values`.",
    ),
    "self_attention": (
        "Put the steps so far into one function.",
        "Project `x` three times. Compare queries with keys, take the softmax of each row, and "
        "return the weights times the values. Use the names of the arguments alone.",
    ),
}


def check_outputs(outputs, weighted_values):
    right = torch.einsum("qkd->qd", weighted_values)
    mistakes = {
        "the sum ran over d_v, the last axis. Which axis are the keys?": lambda: (
            weighted_values.sum(dim=-1)
        ),
        "the sum ran over the queries, the first axis. Which axis are the keys?": lambda: (
            weighted_values.sum(dim=0)
        ),
        "everything was added up. Name the axis of the sum.": lambda: weighted_values.sum(),
        "this is the average. The weights add up to 1 already, so a sum is enough.": lambda: (
            weighted_values.mean(dim=-2)
        ),
    }
    check("outputs", outputs, right, mistakes)


def check_outputs_in_one_line(outputs_in_one_line, weights, values):
    right = torch.einsum("qk,kd->qd", weights, values)
    mistakes = {
        "is the product the wrong way round? The axis of the keys must drop out.": lambda: (
            torch.einsum("ka,qk->qa", weights, values)
        ),
        "should weights be transposed? Its keys, the columns, meet the rows of values.": lambda: (
            torch.einsum("kq,kd->qd", weights, values)
        ),
        "this multiplies number by number. It must add up too.": lambda: weights * values,
        "values are transposed here. A value is a row, so leave them as they are.": lambda: (
            weights @ values.T
        ),
        "these are the outputs of the rounded weights. Take the exact ones.": lambda: (
            (weights * 2).round() / 2 @ values
        ),
    }
    check("outputs_in_one_line", outputs_in_one_line, right, mistakes)


def check_self_attention(self_attention):
    """Try tensors with different sizes, so that a swapped axis cannot pass."""
    random = torch.Generator().manual_seed(0)
    sizes = (5, 4), (4, 2), (4, 2), (4, 3)
    x, w_query, w_key, w_value = (torch.randn(size, generator=random) for size in sizes)
    queries, keys, values = x @ w_query, x @ w_key, x @ w_value
    scores = torch.einsum("qd,kd->qk", queries, keys)

    def mixed(powers, dim):
        return torch.einsum("qk,kd->qd", powers / powers.sum(dim=dim, keepdim=True), values)

    given = "5 inputs, d_model 4, d_k 2 and d_v 3"
    ours = call(self_attention, x, w_query, w_key, w_value, given=given)
    mistakes = {
        "is there no softmax? Scores are not shares.": lambda: scores @ values,
        "the softmax ran over the queries. Each row of weights must add up to 1.": lambda: mixed(
            scores.exp(), 0
        ),
        "the scores are scaled. This walkthrough does not scale yet.": lambda: mixed(
            (scores / keys.shape[-1] ** 0.5).exp(), -1
        ),
        "the scores are divided by the root of 3. This walkthrough does not scale yet.": (
            lambda: mixed((scores / 3**0.5).exp(), -1)
        ),
        "these are the weights. Weight the values with them.": lambda: scores.softmax(dim=-1),
        "here the keys are added up, each times its weight. Take the values.": lambda: (
            scores.softmax(dim=-1) @ keys
        ),
        "the sum ran over the numbers of a value. Which axis are the keys?": lambda: torch.einsum(
            "qk,kd->qk", scores.softmax(dim=-1), values
        ),
        "the weighted values are added up over the queries. Which axis are the keys?": lambda: (
            torch.einsum("qk,kd->kd", scores.softmax(dim=-1), values)
        ),
        "these are the weighted values of each query and key. Add them up over the keys.": (
            lambda: torch.einsum("qk,kd->qkd", scores.softmax(dim=-1), values)
        ),
        "queries and keys changed places.": lambda: mixed(scores.T.exp(), -1),
    }
    check("what self_attention returns", ours, mixed(scores.exp(), -1), mistakes)


if __name__ == "__main__":
    # --8<-- [start:sum] hidden
    check_outputs(outputs, weighted_values)
    # --8<-- [end:sum]

    # --8<-- [start:product] hidden
    check_outputs_in_one_line(outputs_in_one_line, weights, values)
    # --8<-- [end:product]

    # --8<-- [start:self_attention] hidden
    check_self_attention(self_attention)
    # --8<-- [end:self_attention]
