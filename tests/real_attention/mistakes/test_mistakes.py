# SPDX-License-Identifier: MIT
"""The test of each exhibit fails on its bug, for the named reason, and passes on the fix."""

import re
import runpy

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F

from snippets.drawing.wrong_and_right import pair
from snippets.real_attention.mistakes import axes as mistakes_axes
from snippets.real_attention.mistakes import empty_rows as mistakes_empty_rows
from snippets.real_attention.mistakes import heads as mistakes_heads
from snippets.real_attention.mistakes import layers as mistakes_layers
from snippets.real_attention.mistakes import masks as mistakes_masks
from snippets.real_attention.mistakes import merge as mistakes_merge
from snippets.real_attention.mistakes import polarity as mistakes_polarity
from snippets.real_attention.mistakes import probes
from snippets.real_attention.mistakes import sizes as mistakes_sizes
from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.queries_keys_values import keys, queries, values

EXHIBITS = [
    (mistakes_axes, "equal_values_come_back", "softmax_over_queries", "softmax_over_keys"),
    (mistakes_axes, "agrees_with_pytorch", "scaled_by_d_model", "scaled_by_d_k"),
    (mistakes_masks, "the_future_does_not_leak", "masked_after_softmax", "masked_before_softmax"),
    (mistakes_masks, "the_future_does_not_leak", "masked_with_zeros", "masked_before_softmax"),
    (
        mistakes_polarity,
        "the_first_query_sees_itself_alone",
        "true_where_blocked",
        "true_where_zero",
    ),
    (
        mistakes_polarity,
        "the_layer_sees_no_future",
        "same_mask",
        "inverted_mask",
    ),
    (
        mistakes_empty_rows,
        "what_is_masked_does_not_matter",
        "a_large_number",
        "minus_infinity",
    ),
    (
        mistakes_empty_rows,
        "a_query_without_keys_gets_zeros",
        "minus_infinity",
        "zeros_for_empty_rows",
    ),
    (
        mistakes_heads,
        "heads_make_the_whole",
        "split_by_reshape",
        "split_by_view",
    ),
    (mistakes_heads, "fresh_heads_merge", "merge_by_view", "merge_by_reshape"),
    (mistakes_sizes, "groups_agree_with_pytorch", "repeated", "interleaved"),
    (
        mistakes_sizes,
        "steps_agree_with_the_whole",
        "aligned_at_the_start",
        "aligned_at_the_end",
    ),
    (mistakes_layers, "examples_do_not_meet", "length_first", "batch_first"),
    (mistakes_layers, "nothing_is_dropped_in_eval", "AlwaysDropping", "DroppingInTraining"),
    (mistakes_merge, "agrees_with_the_layer", "merged_without_transpose", "merged_by_token"),
]
MODULES = list(dict.fromkeys(module for module, *_ in EXHIBITS))
by_bug = pytest.mark.parametrize(
    ("module", "test", "bug", "fix"), EXHIBITS, ids=[bug for _, _, bug, _ in EXHIBITS]
)


@by_bug
def test_the_test_of_an_exhibit_fails_on_the_bug_and_passes_on_the_fix(module, test, bug, fix):
    catches = getattr(module, test)
    words = "stride" if bug == "merge_by_view" else None
    with pytest.raises(RuntimeError if words else AssertionError, match=words) as failure:
        catches(getattr(module, bug))
    assert str(failure.value), "it says what is wrong"
    catches(getattr(module, fix))


@by_bug
def test_the_page_prints_that_the_bug_fails_and_the_fix_passes(module, test, bug, fix, capsys):
    run(getattr(module, test), getattr(module, bug), getattr(module, fix))
    failed, passed = capsys.readouterr().out.splitlines()
    assert failed.startswith(f"{bug}: fails, ") and len(failed) < 100
    assert passed == f"{fix}: passes"


def test_samples_are_the_same_each_time_and_have_the_sizes_asked_for():
    first, again = sample((2, 3), (5,)), sample((2, 3), (5,))
    assert [part.shape for part in first] == [(2, 3), (5,)]
    assert all(one.equal(two) for one, two in zip(first, again, strict=True))


@pytest.fixture
def printed(capsys):
    def of(module):
        runpy.run_path(module.__file__, run_name="__main__")
        return capsys.readouterr().out

    return of


def test_the_broken_scale_flattens_and_pytorch_gives_the_running_example(printed):
    text = printed(mistakes_axes)
    assert "this:    tensor([1.8190, 6.0950, 1.7715])" in text
    assert "PyTorch: tensor([1.8639, 6.3194, 1.7042])" in text


def test_a_mask_after_the_softmax_keeps_the_share_that_the_whole_row_gave():
    whole = torch.tensor([2.0, 4, 4]) / 3**0.5
    share = whole.softmax(dim=-1)[0]
    outputs = mistakes_masks.masked_after_softmax(queries, keys, values)
    assert outputs[0].allclose(share * values[0])


def test_a_score_of_zero_still_takes_from_the_future():
    outputs = mistakes_masks.masked_with_zeros(queries, keys, values)
    expected = torch.tensor([2.0, 0, 0]).div(3**0.5).softmax(dim=-1) @ values
    assert outputs[0].allclose(expected)


def test_repeating_deals_the_heads_out_in_turn():
    queries, keys, values = sample((1, 6, 5, 3), (1, 2, 7, 3), (1, 2, 7, 11))
    dealt = [0, 1, 0, 1, 0, 1]
    expected = F.scaled_dot_product_attention(queries, keys[:, dealt], values[:, dealt])
    assert mistakes_sizes.repeated(queries, keys, values).equal(expected)


def test_an_inverted_mask_leaves_the_last_query_nothing(printed):
    text = printed(mistakes_polarity)
    assert "[0.0000, 0.0000, 0.0000]])\n" in text
    assert "[ 0.0000,  0.0000,  0.0000,  0.0000]])\n" in text


def test_a_large_number_averages_an_empty_row_and_is_refused_in_float16(printed):
    text = printed(mistakes_empty_rows)
    assert "[1.6667, 5.3333, 2.0000]])" in text
    assert "cannot be converted" in text and "overflow" in text
    assert "[   nan,    nan,    nan]])" in text


def test_a_view_after_transpose_works_only_for_one_token_and_for_a_round_trip(printed):
    text = printed(mistakes_heads)
    assert "one token: tensor([[1., 1., 1., 1.]])\nthere and back: True\n" in text
    assert "three tokens: view size is not compatible" in text


def test_the_newest_query_gets_the_oldest_value(printed):
    text = printed(mistakes_sizes)
    assert "newest output: tensor([[1., 2., 3.]])\noldest value:  tensor([[1., 2., 3.]])" in text


def test_the_default_layer_weighs_examples_by_examples_and_eval_drops(printed):
    text = printed(mistakes_layers)
    assert "outputs: torch.Size([2, 3, 4])\nweights: torch.Size([3, 2, 2])" in text
    one, two = re.findall(r"call \d: (.*)", text)
    assert one != two


def test_with_one_head_of_keys_or_as_many_as_of_queries_repeating_is_right():
    for n_heads in (1, 6):
        queries, keys, values = sample((2, 6, 5, 3), (2, n_heads, 7, 3), (2, n_heads, 7, 11))
        ours = mistakes_sizes.repeated(queries, keys, values)
        assert ours.equal(mistakes_sizes.interleaved(queries, keys, values))


def test_with_one_head_the_wrong_scale_and_the_wrong_merge_are_right():
    heads = sample((3, 1, 5, 2))[0]
    one = mistakes_merge.merged_without_transpose(heads)
    assert one.equal(mistakes_merge.merged_by_token(heads))
    queries, keys, values = sample((1, 5, 3), (1, 7, 3), (1, 7, 2))
    ours = mistakes_axes.scaled_by_d_model(queries, keys, values)
    assert ours.allclose(mistakes_axes.scaled_by_d_k(queries, keys, values))


def test_dropping_in_training_does_drop():
    torch.manual_seed(0)
    queries, keys, values = sample((5, 3), (7, 3), (7, 2))
    model = mistakes_layers.DroppingInTraining().train()
    assert not model(queries, keys, values).allclose(model(queries, keys, values))


def test_zeros_whose_gradients_are_not_finite_do_not_pass_for_a_fix():
    def zeros_afterwards(queries, keys, values, mask):
        hidden = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
        return (queries @ keys.T + hidden).softmax(dim=-1).nan_to_num() @ values

    with pytest.raises(AssertionError, match="gradients are not finite"):
        mistakes_empty_rows.a_query_without_keys_gets_zeros(zeros_afterwards)


def looked_at(bug, fix):
    """Return what the figure of an exhibit shows of a bug and its fix, as the pages do."""
    mask = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 0]]).bool()
    zeros = mistakes_empty_rows.zeros_for_empty_rows
    ways = {
        "scaled_by_d_model": (probes.of_two_heads, fix),
        "same_mask": (probes.of_a_layer, fix),
        "a_large_number": (lambda one: probes.weights_of(one, mask), zeros),
        "minus_infinity": (lambda one: probes.weights_of(one, mask), zeros),
        "split_by_reshape": (probes.tokens_split, fix),
        "merge_by_view": (probes.tokens_merged, fix),
        "merged_without_transpose": (probes.tokens_of_a_batch, fix),
        "repeated": (probes.shared_heads_of, fix),
        "aligned_at_the_start": (lambda one: probes.weights_of(one, last=2), fix),
        "length_first": (probes.between_tokens, fix),
        "AlwaysDropping": (probes.of_a_model, fix),
    }
    look, fix = ways.get(bug.__name__, (probes.weights_of, fix))
    return look(bug), look(fix)


@by_bug
def test_the_maps_of_an_exhibit_show_what_the_bug_changes(module, test, bug, fix):
    wrong, right = looked_at(getattr(module, bug), getattr(module, fix))
    if right.max() <= 1:  # weights, not token numbers
        sums = right.sum(dim=-1)
        assert ((sums - 1).abs().lt(1e-5) | sums.eq(0)).all()
    assert wrong is None or not wrong.nan_to_num(9).allclose(right, atol=0.02)
    pair(bug, wrong, right, ("",), ("",))
    told = plt.gcf().description
    plt.close("all")
    assert told.startswith("wrong: an error. right" if wrong is None else "wrong, shape")
