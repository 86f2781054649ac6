# SPDX-License-Identifier: MIT
import pytest
import torch

from snippets.language_model.kv_cache.counts import work


def test_the_counts_for_1024_tokens_are_those_of_the_page():
    assert work(1024, cached=False) == (179_481_600, 524_800)
    assert work(1024, cached=True) == (524_800, 1_024)


@pytest.mark.parametrize("n", [1, 2, 16, 100])
def test_the_counts_follow_the_formulas_of_the_page(n):
    assert work(n, cached=False) == (n * (n + 1) * (n + 2) // 6, n * (n + 1) // 2)
    assert work(n, cached=True) == (n * (n + 1) // 2, n)


@pytest.mark.parametrize("cached", [False, True])
def test_the_counts_are_the_places_that_masks_leave(cached):
    scores = 0
    for length in range(1, 10):
        new = 1 if cached else length
        scores += torch.ones(new, length).tril(length - new).sum().int().item()
    assert work(9, cached)[0] == scores
