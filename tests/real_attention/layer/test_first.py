# SPDX-License-Identifier: MIT
"""The chapter's first layer equals the finished one without its later additions."""

import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.layer.first import FirstLayer
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention


@pytest.fixture
def layers():
    torch.manual_seed(0)
    first, finished = FirstLayer(12, 3, dropout=0.5), MultiHeadAttention(12, 3, dropout=0.5)
    finished.load_state_dict(first.state_dict())
    return first, finished


@pytest.mark.parametrize("is_causal", [False, True])
def test_both_compute_the_same(layers, is_causal):
    first, finished = (layer.eval() for layer in layers)
    x, context = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    mask = torch.rand(2, 1, 5, 7) > 0.3
    assert_close(first(x, is_causal=is_causal), finished(x, is_causal=is_causal))
    assert_close(first(x, context, mask=mask), finished(x, context, mask=mask))
    assert not first(x, context, mask=mask).allclose(first(x, context))


def test_both_drop_weights_only_in_training(layers):
    x, outputs = torch.randn(2, 5, 12), []
    for layer in layers:
        torch.manual_seed(1)
        outputs.append(layer(x))
        assert not layer(x).allclose(outputs[-1])
        layer.eval()
        assert_close(layer(x), layer(x), rtol=0, atol=0)
    assert_close(*outputs)


def test_both_have_the_same_numbers_to_learn(layers):
    shapes = [{n: p.shape for n, p in layer.named_parameters()} for layer in layers]
    assert shapes[0] == shapes[1]
