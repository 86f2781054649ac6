# SPDX-License-Identifier: MIT
"""Planted mistakes in the small examples of Part 3 are noticed: windows, sinks, caches, scores.

Each changed snippet is compared with independent code: files to take along, torch, or loops.
Mistakes in the model itself are in `test_planted_mutants`.
"""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F

from snippets.take_along import masks
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from tests.language_model.kv_cache.test_latent import by_loops

WINDOW, SINK = "windows_and_sinks.window", "windows_and_sinks.sink"
CACHED, LATENT, SCORES = "kv_cache.cached", "kv_cache.latent", "what_heads_do.scores"
WRITING = "kv_cache.writing"

CHANGES = {  # the snippet, a text that occurs once, and the mistake that replaces it
    "a window of steps in the place of keys": (WINDOW, "back < width", "back <= width"),
    "a window without the query's own key": (
        WINDOW,
        "(back >= 0) & (back < width)",
        "(back > 0) & (back < width)",
    ),
    "a window that sees the future": (WINDOW, "(back >= 0) & (back < width)", "back < width"),
    "a window of the top left": (WINDOW, " + n_keys - n_queries", ""),
    "a window that never ends": (WINDOW, "(back >= 0) & (back < width)", "back >= 0"),
    "the first key is dropped, not the sink": (SINK, "[:, :-1]", "[:, 1:]"),
    "the sigmoid of the negative": (SINK, "(lse - sink)", "(sink - lse)"),
    "a sum over the queries": (SINK, "logsumexp(dim=-1", "logsumexp(dim=-2"),
    "a sink that is always 0": (SINK, "sink.expand", "(0 * sink).expand"),
    "the column joins after the softmax": (
        SINK,
        "torch.cat([scores, column], dim=-1).softmax(dim=-1)",
        "torch.cat([scores.softmax(dim=-1), column], dim=-1)",
    ),
    "the mask of the top left": (CACHED, "tril(past)", "tril()"),
    "the mask one key too far": (CACHED, "tril(past)", "tril(past + 1)"),
    "the mask one key too short": (CACHED, "tril(past)", "tril(past - 1)"),
    "new keys before the cache": (CACHED, '[cache["keys"], keys]', '[keys, cache["keys"]]'),
    "old values beside the keys": (CACHED, '[cache["values"], values]', '[cache["keys"], values]'),
    "the cache is not kept": (CACHED, "cache.update(keys=keys, values=values)", "pass"),
    "positions are forgotten": (
        LATENT,
        "rotate(x @ w_turned_key, positions)",
        "rotate(x @ w_turned_key, positions * 0)",
    ),
    "absorbed by the matrix of the values": (LATENT, "up_key.mT", "up_value.mT"),
    "the latents stay latents": (LATENT, "latents @ up_value\n\n\n#", "latents\n\n\n#"),
    "no score of the positions": (
        LATENT,
        "latents.mT + turned_queries @ turned_keys.mT",
        "latents.mT",
    ),
    "a scale without the turned part": (LATENT, "(d_k + d_turned)", "d_k"),
    "the copy itself, not its follower": (SCORES, "offset=1 - half", "offset=-half"),
    "two after the copy": (SCORES, "offset=1 - half", "offset=2 - half"),
    "itself in the place of the one before": (SCORES, "offset=-1", "offset=0"),
    "the whole text beside a cache": (WRITING, "ids[-1:] if cached else ids", "ids"),
    "one token without a cache": (WRITING, "ids[-1:] if cached else ids", "ids[-1:]"),
}


def changed(name: str, old: str = "", new: str = "") -> types.ModuleType:
    """Return a snippet as a module, with one change in its source."""
    source = inspect.getsource(importlib.import_module(f"snippets.language_model.{name}"))
    if old:
        assert source.count(old) == 1, f"{old!r} stands in it {source.count(old)} times"
        source = source.replace(old, new)
    module = types.ModuleType("changed")
    exec(compile(source, "changed", "exec"), vars(module))
    return module


def window_is_right(snippet: types.ModuleType) -> bool:
    return all(
        snippet.window(n, 7, width).equal(masks.window(n, 7, keys=width))
        for n in (1, 4, 7)
        for width in (1, 3, 7)
    )


def sink_is_right(snippet: types.ModuleType) -> bool:
    random = torch.Generator().manual_seed(0)
    snippet.scores = torch.randn(4, 4, generator=random).double()
    snippet.sink = torch.tensor(0.7).double()
    powers = snippet.scores.exp()
    expected = powers / (snippet.sink.exp() + powers.sum(dim=-1, keepdim=True))
    return all(one.allclose(expected) for one in (snippet.dropped(), snippet.rescaled()))


def cached_is_right(snippet: types.ModuleType) -> bool:
    x = torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
    q, k, v = x @ w_query, x @ w_key, x @ w_value
    expected = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    for sizes in ([1] * 7, [4, 3], [7]):
        cache: dict[str, torch.Tensor] = {}
        rows = [snippet.attend(chunk, cache) for chunk in x.split(sizes)]
        if not torch.cat(rows).allclose(expected, atol=1e-5):
            return False
    return True


def latent_is_right(snippet: types.ModuleType) -> bool:
    return all(one.allclose(by_loops(), atol=1e-4) for one in (snippet.naive(), snippet.absorbed()))


def scores_are_right(snippet: types.ModuleType) -> bool:
    repeats, before = torch.eye(8).roll(-3, dims=1), torch.eye(8).roll(1, dims=0)
    maps = torch.stack([repeats, before])[None]  # (layers, heads, queries, keys)
    found = snippet.induction(maps).tolist(), snippet.previous(maps).tolist()
    return found == ([[1, 0]], [[0, 1]])


def writing_is_right(snippet: types.ModuleType) -> bool:
    read = []

    def model(new, cache, positions=None):  # predicts the next number, and records its inputs
        read.append(new.tolist())
        return F.one_hot(new + 1, 20).float()

    snippet.write(model, torch.tensor([1, 2]), 3)
    snippet.write(model, torch.tensor([1, 2]), 3, cached=False)
    return read == [[1, 2], [3], [4], [1, 2], [1, 2, 3], [1, 2, 3, 4]]


CHECKS: dict[str, Callable[[types.ModuleType], bool]] = {
    WINDOW: window_is_right,
    SINK: sink_is_right,
    CACHED: cached_is_right,
    LATENT: latent_is_right,
    SCORES: scores_are_right,
    WRITING: writing_is_right,
}


def is_noticed(name: str, snippet: types.ModuleType) -> bool:
    try:
        return not CHECKS[name](snippet)
    except RuntimeError:  # shapes do not fit
        return True


@pytest.mark.parametrize("name", CHECKS)
def test_without_a_change_the_checks_pass(name: str) -> None:
    assert CHECKS[name](changed(name))


@pytest.mark.parametrize("mistake", CHANGES)
def test_a_mistake_is_noticed(mistake: str) -> None:
    name, old, new = CHANGES[mistake]
    assert is_noticed(name, changed(name, old, new))
