# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from snippets.drawing.block import transformer_block
from snippets.real_attention.transformer_block import parts, predict
from snippets.real_attention.transformer_block.block import (
    LanguageModel,
    TransformerBlock,
    normalized,
)
from snippets.real_attention.transformer_block.parity import as_torch_layer
from snippets.walkthrough.inputs import x

SIZES = {"d_model": 12, "n_heads": 3, "d_hidden": 20}
FUTURE = torch.ones(5, 5, dtype=torch.bool).triu(1)


def random_pair():
    """Return a block and PyTorch's with equal weights, none of them still 0 or 1 as initialized."""
    torch.manual_seed(1)
    ours = TransformerBlock(**SIZES)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return ours, as_torch_layer(ours, **SIZES), torch.randn(2, 5, 12)


@pytest.fixture(scope="module")
def ran():
    threads = torch.get_num_threads()
    ran = runpy.run_path(predict.__file__, run_name="__main__")
    torch.set_num_threads(threads)
    return ran


def test_a_block_agrees_with_pytorch_s_without_a_mask():
    ours, theirs, batch = random_pair()
    assert torch.allclose(ours(batch), theirs(batch), atol=1e-5)


def test_a_block_agrees_with_pytorch_s_under_a_causal_mask():
    ours, theirs, batch = random_pair()
    masked = theirs(batch, src_mask=FUTURE)
    assert torch.allclose(ours(batch, is_causal=True), masked, atol=1e-5)
    assert torch.allclose(ours(batch, mask=~FUTURE), masked, atol=1e-5)
    assert not torch.allclose(ours(batch), masked, atol=1e-2)


def test_gradients_agree_with_pytorch_s():
    ours, theirs, batch = random_pair()
    mine, other = batch.clone().requires_grad_(), batch.clone().requires_grad_()
    ours(mine, is_causal=True).square().sum().backward()
    theirs(other, src_mask=FUTURE).square().sum().backward()
    assert torch.allclose(mine.grad, other.grad, rtol=1e-3, atol=1e-3)


def test_normalized_is_what_a_new_layer_norm_computes():
    batch = torch.randn(2, 3, 5) * 4 + 2
    assert torch.allclose(normalized(batch), nn.LayerNorm(5)(batch), atol=1e-5)


def test_normalization_keeps_the_pattern_and_leaves_nothing_of_equal_numbers():
    loan, river, bank = normalized(x)
    assert torch.allclose(loan, torch.tensor([1.0, -1, 1, -1]), atol=1e-4)
    assert torch.allclose(river, -loan, atol=1e-4)
    assert torch.equal(bank, torch.zeros(4))


def test_words_grow_alike_only_without_residual_sums():
    blocks, words = parts.random_blocks()
    assert parts.likeness(words) < 0.1
    assert parts.likeness(parts.as_built(blocks, words)) < 0.9
    assert parts.likeness(parts.without_residuals(blocks, words)) > 0.99


def test_lengths_explode_only_without_normalization():
    blocks, words = parts.random_blocks()
    assert parts.length(parts.as_built(blocks, words)) < 10 * parts.length(words)
    assert parts.length(parts.without_normalization(blocks, words)) > 100 * parts.length(words)


def test_likeness_is_the_mean_cosine_of_different_words():
    pairs = torch.tensor([[1.0, 0], [0, 2], [3, 0]])
    assert parts.likeness(pairs) == pytest.approx(1 / 3)
    assert parts.likeness(torch.ones(4, 3)) == pytest.approx(1)


def test_attention_on_one_word_is_one_matrix_and_feed_forward_is_not():
    torch.manual_seed(0)
    one, two = torch.randn(2, 1, 8).unbind()

    def through(word):
        for layer in parts.layers:
            word = layer(word)
        return word

    torch.testing.assert_close(through(one + two), through(one) + through(two), rtol=1e-3, atol=0)
    bent = TransformerBlock(8, 2, 16).feed_forward
    zero = bent(torch.zeros(1, 8))
    assert not torch.allclose(bent(one + two) - zero, bent(one) + bent(two) - 2 * zero, atol=1e-3)


def test_losses_are_those_of_cross_entropy():
    torch.manual_seed(0)
    logits, targets = torch.randn(2, 3, 5), torch.randint(5, (2, 3))
    theirs = F.cross_entropy(logits.mT, targets, reduction="none")
    assert torch.allclose(predict.losses_of(logits, targets), theirs, atol=1e-5)


def test_training_leaves_a_loss_only_where_two_words_may_follow(ran):
    assert ran["after"].shape == predict.targets.shape
    assert torch.allclose(ran["after"][:, 0], torch.tensor(2.0).log(), atol=0.05)
    assert ran["after"][:, 1:].max() < 0.05
    assert ran["before"].mean() > 1


def test_after_a_the_model_says_what_the_sentence_calls_for(ran):
    after_a = ran["model"](predict.inputs)[:, -1].argmax(dim=-1)
    assert [predict.vocabulary[i] for i in after_a] == ["loan", "bank"]


def test_one_pass_equals_a_pass_for_each_beginning(ran):
    assert torch.allclose(ran["at_once"], ran["one_by_one"], atol=1e-5)
    assert ran["at_once"].shape == (2, 4, len(predict.vocabulary))


def test_no_logits_depend_on_a_later_word():
    torch.manual_seed(0)
    model = LanguageModel(7, length=5, d_model=8, n_heads=2, d_hidden=16, n_blocks=3)
    words = torch.tensor([1, 2, 3, 4, 5])
    changed = torch.tensor([1, 2, 3, 0, 6])
    one, other = model(words), model(changed)
    assert torch.allclose(one[:3], other[:3], atol=1e-6)
    assert not torch.allclose(one[3:], other[3:], atol=1e-2)


def test_the_drawing_names_every_part_in_the_order_of_the_code():
    transformer_block("A block")
    figure = plt.gcf()
    texts = [text.get_text() for text in figure.axes[0].texts]
    plt.close("all")
    assert texts.count("normalize") == texts.count("+") == 2
    places = [figure.description.index(part) for part in ("attention", "feed-forward", "outputs")]
    assert places == sorted(places)
