# SPDX-License-Identifier: MIT
import pytest
import torch
from torch.testing import assert_close

from snippets.language_model.kv_cache.cached import attend
from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

x = torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
CAUSAL = attention(x @ w_query, x @ w_key, x @ w_value, torch.ones(7, 7, dtype=torch.bool).tril())


@pytest.mark.parametrize("sizes", [[7], [1] * 7, [4, 3], [2, 2, 2, 1], [1, 6]], ids=str)
def test_a_text_in_chunks_gives_the_outputs_of_the_whole(sizes):
    cache = {}
    rows = [attend(chunk, cache) for chunk in x.split(sizes)]
    assert_close(torch.cat(rows), CAUSAL)
    assert_close(cache["keys"], x @ w_key)
    assert_close(cache["values"], x @ w_value)


def test_a_token_sees_the_cache_and_nothing_of_its_future():
    cache, other = {}, {}
    attend(x[:3], cache)
    attend(x[:3] + 1, other)
    chunk = x[3:].clone()
    chunk[-1] += 1
    one, changed, past = (
        attend(x[3:], dict(cache)),
        attend(chunk, dict(cache)),
        attend(x[3:], other),
    )
    assert one[:-1].equal(changed[:-1])
    assert not one[-1].allclose(changed[-1])
    assert not any(row.allclose(moved) for row, moved in zip(one, past, strict=True))
