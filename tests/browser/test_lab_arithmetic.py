# SPDX-License-Identifier: MIT
"""The lab's arithmetic agrees with torch's, with one or two heads, and in cross-attention."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import Server
from tests.support.lab import SOURCES, serve_sources

TENSORS = ("queries", "keys", "values", "scores", "weights", "outputs")
ATTEND = """async ([module, cases]) => {
    const { attend } = await import(module);
    return cases.map(attend);
}"""


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url)
    return page


def attend(page: Page, server: Server, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return page.evaluate(ATTEND, [f"{server.url}{SOURCES}/lab/attention.js", cases])


def random_cases(
    count: int, size: float, seed: int, heads: int = 1, targets: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield cases whose sizes differ from each other, so that a swapped axis cannot pass."""
    draw = random.Random(seed)
    for index in range(count):
        n, d_model, d_k, d_v = index % 6 + 1, 5, heads * draw.choice([2, 3, 7]), heads * 4
        queries = targets or n

        def matrix(rows: int, columns: int) -> list[list[float]]:
            return [[draw.uniform(-size, size) for _ in range(columns)] for _ in range(rows)]

        mask = [[draw.random() < 0.5 for _ in range(n)] for _ in range(queries)]
        causal = [[key <= query for key in range(n)] for query in range(queries)]
        yield {
            "inputs": matrix(n, d_model),
            "target": matrix(targets, d_model) if targets else None,
            "heads": heads,
            "w_query": matrix(d_model, d_k),
            "w_key": matrix(d_model, d_k),
            "w_value": matrix(d_model, d_v),
            "scale": index % 2 == 0,
            "temperature": draw.choice([0.1, 0.5, 1, 2.3, 5]),
            "mask": (None, causal, mask)[index % 3],
        }


def with_torch(case: dict[str, Any]) -> dict[str, torch.Tensor]:
    double = {"dtype": torch.float64}
    x, w_query, w_key, w_value = (
        torch.tensor(case[name], **double) for name in ("inputs", "w_query", "w_key", "w_value")
    )
    asking = torch.tensor(case["target"], **double) if case["target"] else x
    queries, keys, values = asking @ w_query, x @ w_key, x @ w_value
    q, k, v = (
        t.unflatten(-1, (case["heads"], -1)).transpose(0, 1) for t in (queries, keys, values)
    )
    scale = (k.shape[-1] ** -0.5 if case["scale"] else 1.0) / case["temperature"]
    scores = q @ k.mT * scale  # (heads, queries, keys)
    mask = None if case["mask"] is None else torch.tensor(case["mask"])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return {
        "queries": queries,
        "keys": keys,
        "values": values,
        "scores": scores.flatten(0, 1),  # the lab stacks the heads
        "weights": scores.softmax(dim=-1).nan_to_num(0.0).flatten(0, 1),
        "outputs": F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
        .transpose(0, 1)
        .flatten(1),
    }


def assert_same(ours: dict[str, Any], case: dict[str, Any]) -> None:
    for name, theirs in with_torch(case).items():
        got = torch.tensor(ours[name], dtype=torch.float64)
        torch.testing.assert_close(got, theirs, atol=1e-5, rtol=1e-9)


def test_three_hundred_and_sixty_random_cases_agree_with_torch(page: Page, server: Server) -> None:
    cases = list(random_cases(360, size=2.0, seed=1))
    for case, ours in zip(cases, attend(page, server, cases), strict=True):
        assert_same(ours, case)


@pytest.mark.parametrize(("heads", "targets"), [(2, 0), (1, 4), (2, 4)])
def test_heads_and_cross_attention_agree_with_torch(
    page: Page, server: Server, heads: int, targets: int
) -> None:
    cases = list(random_cases(120, size=2.0, seed=5, heads=heads, targets=targets))
    for case, ours in zip(cases, attend(page, server, cases), strict=True):
        assert_same(ours, case)


def test_scores_far_beyond_the_range_of_exp_do_not_overflow(page: Page, server: Server) -> None:
    cases = list(random_cases(60, size=1e6, seed=2))
    largest = max(abs(score) for case in cases for score in with_torch(case)["scores"].flatten())
    assert largest > 1e20, "these cases are not large"
    for case, ours in zip(cases, attend(page, server, cases), strict=True):
        assert_same(ours, case)


def test_a_fully_masked_row_gives_zeros(page: Page, server: Server) -> None:
    case = next(random_cases(6, size=2.0, seed=3)) | {"mask": [[False]]}
    ours = attend(page, server, [case])[0]
    assert ours["weights"] == [[0.0]]
    assert ours["outputs"] == [[0.0] * 4]
    assert_same(ours, case)


def test_the_weights_of_every_query_sum_to_one(page: Page, server: Server) -> None:
    cases = [case | {"mask": None} for case in random_cases(60, size=30.0, seed=4)]
    for ours in attend(page, server, cases):
        sums = torch.tensor(ours["weights"], dtype=torch.float64).sum(dim=-1)
        torch.testing.assert_close(sums, torch.ones_like(sums))
