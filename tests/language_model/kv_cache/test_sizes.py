# SPDX-License-Identifier: MIT
import re

import pytest

from snippets.language_model.kv_cache import sizes
from snippets.language_model.kv_cache.sizes import MODELS, cache_bytes, fixed, in_words, per_token
from tests.support.project import ROOT

KNOWN = {  # bytes in bf16, per token and of full windows
    "SmolLM2-135M": (23_040, 0),
    "Llama 3 8B": (131_072, 0),
    "Llama 3 70B": (327_680, 0),
    "Qwen3-0.6B": (114_688, 0),
    "DeepSeek-V3": (70_272, 0),
    "Gemma 2 9B": (172_032, 704_643_072),
    "Gemma 3 1B": (4_096, 11_534_336),
    "Gemma 3 27B": (81_920, 436_207_616),
    "gpt-oss-120b": (36_864, 4_718_592),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_model_keeps_this_many_bytes(name):
    assert (per_token(MODELS[name]), fixed(MODELS[name])) == KNOWN[name]


@pytest.mark.parametrize("name", MODELS)
def test_a_long_text_fills_the_windows_and_grows_the_other_layers(name):
    model, n = MODELS[name], 50_000
    assert cache_bytes(model, n) == per_token(model) * n + fixed(model)
    assert cache_bytes(model, n, size=1) * 2 == cache_bytes(model, n)
    every_layer = (model.full + model.windowed) * model.numbers * 2
    assert cache_bytes(model, 1) == every_layer, "before a window is full, its layer grows, too"


def test_a_window_grows_until_it_is_full():
    model = MODELS["gpt-oss-120b"]
    grown = [cache_bytes(model, n + 1) - cache_bytes(model, n) for n in (126, 127, 128, 129)]
    assert grown == [73_728, 73_728, 36_864, 36_864]


def test_sizes_are_given_in_both_units():
    assert in_words(2**34) == "17.18 GB, or 16.00 GiB"
    assert in_words(cache_bytes(MODELS["Llama 3 8B"], 131_072)) == "17.18 GB, or 16.00 GiB"
    assert in_words(10**9) == "1.00 GB, or 0.93 GiB"


def test_the_cache_of_our_model_has_this_size(weights):
    import torch

    from snippets.language_model.model import LanguageModel

    cache = []
    LanguageModel(weights)(torch.arange(3), cache)
    kept = sum(tensor.numel() for pair in cache for tensor in pair)
    assert kept * 2 == cache_bytes(MODELS["SmolLM2-135M"], 3)


def test_the_page_has_a_row_for_each_model_with_its_source():
    page = (ROOT / "docs/language_model/kv_cache.md").read_text("utf-8")
    rows = re.findall(r"^\| \[?([^\]|,]+?)(?:, ours)?(?:\]\((\S+)\))? \| (.+) \|$", page, re.M)[1:]
    found = {name: source for name, source, _ in rows if name in MODELS}
    assert found == {name: model.source for name, model in MODELS.items()}
    for name, _, cells in rows:
        if name in MODELS:
            assert cells == " | ".join(f'{{{{ sizes: cells("{name}")[{i}] }}}}' for i in range(6))


def test_a_source_names_a_commit():
    links = [model.source for model in MODELS.values() if model.source]
    assert len(links) == len(MODELS) - 1
    assert all(re.search(r"/blob/[0-9a-f]{12}/", link) for link in links)
    assert sizes.cells("gpt-oss-120b") == ["18", "18", "128", "1,024", "36,864", "4,718,592"]
    assert sizes.cells("Llama 3 8B") == ["32", "none", "none", "2,048", "131,072", "none"]
