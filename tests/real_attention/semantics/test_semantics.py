# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.real_attention.semantics import answers as semantics
from snippets.real_attention.semantics import causal as semantics_causal
from snippets.real_attention.semantics import defaults as semantics_defaults
from snippets.real_attention.semantics import edges as semantics_edges
from snippets.real_attention.semantics import implementations as semantics_implementations
from snippets.real_attention.semantics import masks as semantics_masks
from snippets.real_attention.semantics.implementations import implementations, module
from snippets.real_attention.semantics.masks import two_queries, values
from snippets.walkthrough.queries_keys_values import keys, queries

SNIPPETS = [
    semantics_implementations,
    semantics_masks,
    semantics_causal,
    semantics_defaults,
    semantics_edges,
    semantics,
]


@pytest.fixture(scope="module")
def answers():
    return runpy.run_path(semantics.__file__, run_name="__main__")["answers"]


@pytest.fixture(autouse=True)
def no_drawing_stays_open():
    yield
    plt.close("all")


def row(ours, function, module, module_without_weights, flex):
    return {
        "ours": ours,
        "function": function,
        "module": module,
        "module_without_weights": module_without_weights,
        "flex": flex,
    }


# The answers of torch 2.13. If a newer torch differs, the page follows, and these tests say where.


def test_true_means_attend_but_in_nn_multiheadattention_it_means_ignore(answers):
    expected = row("attend", "attend", "ignore", "ignore", "attend")
    assert answers["boolean_mask"] == expected


def test_a_float_mask_is_added_and_flexattention_refuses_it(answers):
    assert answers["float_mask"] == row("added", "added", "added", "added", "refused")


def test_a_query_with_nothing_left_gets_0_but_nan_from_a_module_that_returns_weights(answers):
    assert answers["nothing_left"] == row("0", "0", "nan", "0", "0")


def test_is_causal_begins_top_left_and_the_module_refuses_it_without_a_mask(answers):
    expected = row("top left", "top left", "refused", "refused", "no option")
    assert answers["causal"] == expected


def test_of_a_mask_and_is_causal_the_module_drops_one_depending_on_need_weights(answers):
    expected = row("both", "both", "mask alone", "causal alone", "no option")
    assert answers["mask_and_causal"] == expected


def test_a_function_with_dropout_p_always_drops_out_and_a_module_in_eval_does_not(answers):
    assert answers["dropout"] == row("on", "on", "off", "off", "no option")


def test_all_divide_by_the_square_root_of_d_k(answers):
    assert answers["scale"] == row("√3", "√3", "√3", "√3", "√3")


def test_a_mask_of_one_axis_is_for_the_keys_and_refused_by_all_but_ours(answers):
    assert answers["one_axis"] == row("the keys", *["refused"] * 4)


def test_nan_in_a_masked_key_is_hidden_where_scores_are_replaced(answers):
    assert answers["hidden_nan"] == row("numbers", "NaN", "NaN", "NaN", "numbers")


def test_scores_beyond_float32_are_nan_everywhere(answers):
    assert answers["too_large"] == row(*["NaN"] * 5)


def test_these_are_all_the_questions(answers):
    assert len(answers) == 10


# The questions distinguish implementations that differ in the property in question.


def by_hand(
    queries, keys, values, attn_mask=None, is_causal=False, dropout_p=0.0, diagonal=0, scale=None
):
    scores = queries @ keys.T * (scale or keys.shape[-1] ** -0.5)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    if is_causal:
        past = torch.ones(scores.shape, dtype=torch.bool).tril(diagonal)
        scores = scores.masked_fill(~past, -torch.inf)
    return torch.dropout(scores.softmax(dim=-1), dropout_p, True) @ values


def test_a_mask_that_hides_where_it_is_true_is_distinguished_from_one_that_shows():
    def ignoring(queries, keys, values, attn_mask):
        return by_hand(queries, keys, values, ~attn_mask)

    assert semantics_masks.boolean_mask(by_hand) == "attend"
    assert semantics_masks.boolean_mask(ignoring) == "ignore"
    mask = torch.tensor([[True, False, False]])
    assert semantics_masks.in_its_words(by_hand, mask) is mask
    assert_close(semantics_masks.in_its_words(ignoring, mask), ~mask)


def test_a_float_mask_read_as_a_boolean_one_is_not_added():
    def reading(queries, keys, values, attn_mask):
        return by_hand(queries, keys, values, attn_mask.bool())

    assert semantics_masks.float_mask(by_hand) == "added"
    assert semantics_masks.float_mask(reading) == "not added"


def test_the_result_for_an_empty_row_is_recognized():
    def evenly(queries, keys, values, attn_mask):
        hidden = torch.zeros(attn_mask.shape).masked_fill(~attn_mask, -1e9)
        return by_hand(queries, keys, values, hidden)

    assert semantics_masks.nothing_left(by_hand) == "nan"
    assert semantics_masks.nothing_left(evenly) == "1"


@pytest.mark.parametrize(
    ("diagonal", "where"), [(0, "top left"), (1, "bottom right"), (2, "neither")]
)
def test_the_start_of_the_diagonal_is_recognized(diagonal, where):
    def causal(*tensors, is_causal):
        return by_hand(*tensors, is_causal=is_causal, diagonal=diagonal)

    assert semantics_causal.causal(causal) == where


@pytest.mark.parametrize("mask_counts", [True, False])
@pytest.mark.parametrize("flag_counts", [True, False])
def test_the_effect_of_mask_and_flag_is_recognized(mask_counts, flag_counts):
    def attend(*tensors, attn_mask, is_causal=False):
        told = attn_mask if mask_counts or not is_causal else None  # the polarity is tested first
        return by_hand(*tensors, attn_mask=told, is_causal=is_causal and flag_counts)

    names = {(True, True): "both", (True, False): "mask alone", (False, True): "causal alone"}
    expected = names.get((mask_counts, flag_counts), "neither")
    assert semantics_causal.mask_and_causal(attend) == expected


def test_dropout_and_scale_are_read_from_the_weights():
    assert semantics_defaults.dropout(by_hand) == "on"
    assert semantics_defaults.dropout(lambda *tensors, dropout_p: by_hand(*tensors)) == "off"
    assert semantics_defaults.scale(by_hand) == "√3"
    assert semantics_defaults.scale(lambda *tensors: by_hand(*tensors, scale=7**-0.5)) == "√7"


def test_one_axis_nan_and_large_scores_are_distinguished():
    def by_queries(queries, keys, values, attn_mask):
        mask = attn_mask if attn_mask.dim() == 2 else attn_mask[: len(queries), None]
        return by_hand(queries, keys, values, mask)

    def adding(queries, keys, values, attn_mask):
        hidden = torch.zeros(attn_mask.shape).masked_fill(~attn_mask, -torch.inf)
        return by_hand(queries, keys, values, hidden)

    def in_64_bits(*tensors):
        return by_hand(*(tensor.double() for tensor in tensors))

    assert semantics_edges.one_axis(by_hand) == "the keys"
    assert semantics_edges.one_axis(by_queries) == "something else"
    assert semantics_edges.hidden_nan(by_hand) == "numbers"
    assert semantics_edges.hidden_nan(adding) == "NaN"
    assert semantics_edges.too_large(by_hand) == "NaN"
    assert semantics_edges.too_large(in_64_bits) == "numbers"


def test_missing_and_refused_options_are_different_answers():
    def refusing(*tensors):
        raise RuntimeError

    assert semantics.answer(semantics_causal.causal, refusing) == "no option"
    assert semantics.answer(semantics_defaults.scale, refusing) == "refused"


# The adapters change only the form of a call.


@pytest.mark.parametrize("name", implementations)
def test_all_implementations_agree_without_options(name):
    torch.manual_seed(0)
    queries, keys, values = torch.randn(5, 7), torch.randn(11, 7), torch.randn(11, 7)
    expected = F.scaled_dot_product_attention(queries, keys, values)
    assert_close(implementations[name](queries, keys, values), expected)


def test_flex_gets_the_mask_with_queries_down_and_keys_across():
    mask = torch.tensor([[True, False, False], [False, True, True]])
    flexed = implementations["flex"](two_queries, keys, values, attn_mask=mask)
    assert_close(flexed, by_hand(two_queries, keys, values, mask))


def test_one_mask_in_three_forms_hides_the_padding_from_all():
    padding = torch.tensor([[True, True, False]])
    expected = by_hand(two_queries, keys, values, padding)
    forms = [
        semantics.function(two_queries, keys, values, attn_mask=semantics.for_function),
        module(two_queries, keys, values, attn_mask=semantics.for_module),
        semantics.function(two_queries, keys, values, attn_mask=semantics.to_add),
        module(two_queries, keys, values, attn_mask=semantics.to_add),
    ]
    for weights in forms:
        assert_close(weights, expected)


def test_the_fast_path_gives_nan_where_the_slow_one_gives_0():
    ran = runpy.run_path(semantics_masks.__file__, run_name="__main__")
    assert_close(ran["slow"].detach(), torch.zeros(1, 3, 4))
    assert ran["fast"].isnan().all()


def test_on_the_fast_path_and_beside_a_mask_for_padding_is_causal_does_not_count(capsys):
    runpy.run_path(semantics_causal.__file__, run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    assert printed[-3:] == [
        "with gradients: True",
        "with a padding mask: False",
        "without gradients: False",
    ]


def test_aligned_bottom_right_the_last_query_sees_every_key():
    ran = runpy.run_path(semantics_causal.__file__, run_name="__main__")
    assert ran["past"].tolist() == [[True, True, False], [True, True, True]]


def test_causal_lower_right_is_the_mask_aligned_bottom_right():
    ran = runpy.run_path(semantics_causal.__file__, run_name="__main__")
    assert_close(ran["with_bias"], ran["aligned"])


def test_on_two_axes_torch_refuses_a_mask_with_is_causal(capsys):
    runpy.run_path(semantics_causal.__file__, run_name="__main__")
    assert "attn_mask should not be set when is_causal=True" in capsys.readouterr().out


def test_the_questions_use_the_running_example():
    assert_close(two_queries, queries[:2])
    assert_close(values, torch.eye(3))
