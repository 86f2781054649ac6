# SPDX-License-Identifier: MIT
"""The search puts the right page first for readers' words. The theme's own worker answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.browser import Server
from tests.support.offenders import assert_none

pytestmark = pytest.mark.mkdocs_only("Zensical's search looks different")

# The pages that may come first for a query.
FIRST = {
    # names of chapters in the literature
    "multi-head": "real_attention/multi_head/",
    "multihead": "real_attention/multi_head/",
    "cross attention": "real_attention/cross_attention/",
    "rope": "real_attention/rotary/",
    "alibi": "real_attention/rotary/ use_it/",
    "sdpa": "real_attention/semantics/",
    "flash attention": "real_attention/semantics/",
    "kv cache": "language_model/kv_cache/",
    "gqa": "real_attention/grouped_queries/",
    "mqa": "real_attention/grouped_queries/",
    "positional encoding": "real_attention/positional_encoding/",
    "position embedding": "real_attention/positional_encoding/",
    "attention mask": "real_attention/masking/",
    "causal mask": "real_attention/masking/",
    "padding mask": "real_attention/masking/",
    "scaled dot product attention": "real_attention/scaling/ real_attention/function/",
    "query key value": "walkthrough/projection_weights/",
    "qkv": "walkthrough/projection_weights/",
    "encoder decoder": "real_attention/cross_attention/",
    "transformer": "real_attention/transformer_block/",
    "layer norm": "real_attention/transformer_block/",
    "feed forward": "real_attention/transformer_block/",
    "attention map": "real_attention/trained_head/",
    "temperature": "real_attention/softmax/",
    "intuition": "walkthrough/why_attention/",
    # names in code
    "key_padding_mask": "real_attention/masking/ real_attention/semantics/",
    "nn.MultiheadAttention": "real_attention/semantics/ real_attention/multi_head/",
    "scaled_dot_product_attention": "real_attention/semantics/ real_attention/function/",
    "is_causal": "real_attention/semantics/",
    "layernorm": "real_attention/transformer_block/",
    "head_dim": "real_attention/multi_head/",
    "sqrt(d_k)": "real_attention/scaling/",
    "einsum": "real_attention/batches/",
    # problems and wishes
    "softmax dim": "real_attention/softmax/ walkthrough/attention_scores/",
    "NaN": "real_attention/mistakes/masks/ real_attention/softmax/ real_attention/masking/",
    "overflow": "real_attention/softmax/",
    "dropout": "real_attention/layer/ real_attention/function/",
    "bugs": "real_attention/mistakes/",
    "colab": "notebooks/",
    "playground": "lab/",
    "cheatsheet": "cheat_sheet/",
    "download": "use_it/",
}

# The messages of the theme's worker: type 0 sets it up, 2 asks, 3 has the results.
ASK = """async (queries) => {
  const { search } = JSON.parse(document.querySelector("#__config").textContent);
  const { config, docs } = await (await fetch("search/search_index.json")).json();
  const worker = new Worker(search);
  const ask = (type, data) => new Promise((resolve) => {
    worker.onmessage = (event) => resolve(event.data.data);
    worker.postMessage({ type, data });
  });
  await ask(0, { config, docs, options: { suggest: false } });
  const found = {};
  for (const query of queries) {
    const { items } = await ask(2, query);
    found[query] = items.map(([first]) => first.location.split("#")[0]);
  }
  return found;
}"""


def test_readers_words_put_the_right_page_first(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url)
    found = page.evaluate(ASK, [*FIRST])
    assert_none(
        f"{query}: {found[query][:3]}, not {wanted}"
        for query, wanted in FIRST.items()
        if not found[query] or found[query][0] not in wanted.split()
    )


def test_pages_for_maintainers_are_not_found(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url)
    found = page.evaluate(ASK, ["softmax", "Zensical", "worker forks child", "MyST-NB"])
    assert found["softmax"], "the search finds nothing at all"
    for locations in found.values():
        assert not {"architecture/", "maintaining/", "bench/"} & set(locations)


def test_a_pointer_fetches_the_index(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url, wait_until="networkidle")
    assert not [url for url in asked if "search_index" in url]
    with page.expect_request("**/search_index.json"):
        page.locator(".md-search__form").hover()


@pytest.mark.parametrize("answer", ["none", "404"])
def test_the_search_says_that_its_index_is_missing(
    context: BrowserContext, server: Server, answer: str
) -> None:
    page = context.new_page()
    page.route(
        "**/search_index.json",
        lambda route: route.abort() if answer == "none" else route.fulfill(status=404),
    )
    page.goto(server.url)
    page.locator(".md-search__input").click()
    expect(page.locator(".md-search-result__meta")).to_contain_text("could not be loaded")
