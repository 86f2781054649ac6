# SPDX-License-Identifier: MIT
"""The cache calculator computes as the snippet does, and offers the models of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from snippets.language_model.kv_cache.sizes import MODELS, cache_bytes, in_words
from tests.support.browser import Server
from tests.support.lab import SOURCES, serve_sources

CHAPTER = "language_model/kv_cache/"
COMPUTE = """async ([module, cases]) => {
    const { cacheBytes, inWords, parseWhole } = await import(module);
    return cases.map(([model, ...rest]) => {
        const bytes = cacheBytes(model, ...rest);
        return [bytes, inWords(bytes), parseWhole(inWords(bytes).split(" ")[0])];
    });
}"""


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url + CHAPTER)
    return page


def calculator(page: Page) -> Locator:
    return page.locator("cache-calculator")


def test_the_calculator_computes_as_the_snippet_does(page: Page, server: Server) -> None:
    cases = [
        [vars(model), tokens, texts, size]
        for model in MODELS.values()
        for tokens in (1, 127, 128, 129, 131_072)
        for texts, size in ((1, 2), (3, 4))
    ]
    ours = page.evaluate(COMPUTE, [f"{server.url}{SOURCES}/cache/sizes.js", cases])
    for (model, tokens, texts, size), (found, words, parsed) in zip(cases, ours, strict=True):
        expected = texts * sum(
            min(tokens, window or tokens) * layers * model["numbers"] * size
            for layers, window in ((model["full"], 0), (model["windowed"], model["window"]))
        )
        assert found == parsed == expected
        assert words == f"{expected:,} bytes: {in_words(expected)}"


def test_the_calculator_offers_every_model_of_the_table(page: Page) -> None:
    choose, result = calculator(page).get_by_label("Model"), page.locator("cache-calculator output")
    for name, model in MODELS.items():
        option = choose.locator("option", has_text=name).first
        choose.select_option(option.text_content())
        assert result.inner_text().startswith(f"{cache_bytes(model, 131_072):,} bytes")


def test_the_result_follows_the_fields(page: Page) -> None:
    result = page.locator("cache-calculator output")
    calculator(page).get_by_label("Tokens").fill("1,000")
    calculator(page).get_by_label("Texts in a batch").fill("4")
    calculator(page).get_by_label("Numbers of").select_option("8 bits: fp8, int8")
    assert result.inner_text().startswith("262,144,000 bytes: 0.26 GB, or 0.24 GiB. ")
    assert "adds 262,144 bytes" in result.inner_text()
    calculator(page).get_by_label("Tokens").fill("many")
    assert result.inner_text() == "Tokens and texts are whole numbers from 1."
    assert calculator(page).get_by_label("Tokens").get_attribute("aria-invalid") == "true"


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def test_without_scripts_the_table_is_shown(
    without_scripts: BrowserContext, server: Server
) -> None:
    page = without_scripts.new_page()
    page.goto(server.url + CHAPTER)
    assert page.locator("cache-calculator form").count() == 0
    assert page.locator("cache-calculator tbody tr").count() == len(MODELS)
    assert "131,072" in page.locator("cache-calculator tr", has_text="Llama 3 8B").inner_text()
