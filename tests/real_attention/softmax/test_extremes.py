# SPDX-License-Identifier: MIT
import contextlib
import io
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.real_attention.scaling.attention import scaled_scores, scaled_weights
from snippets.real_attention.softmax import extremes as module
from snippets.real_attention.softmax.extremes import hidden_scores, hidden_weights
from snippets.walkthrough.attention_scores import weights
from snippets.walkthrough.queries_keys_values import keys, queries, values


@pytest.fixture(scope="module")
def ran():
    """The names of the snippet after its run, and its output."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        names = runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    return names | {"printed": printed.getvalue().splitlines()}


def test_the_scale_is_a_temperature_of_the_root_of_3_and_without_it_the_temperature_is_1(ran):
    assert_close(ran["at"](1), weights[1])
    assert_close(ran["at"](3**0.5), scaled_weights[1])


def test_the_colder_the_more_the_highest_score_takes_and_the_hotter_the_more_equal(ran):
    assert_close(ran["at"](0.1), torch.tensor([0.0, 1.0, 0.0]))
    assert_close(ran["at"](1e6), torch.full((3,), 1 / 3), rtol=0, atol=1e-5)
    largest = [ran["at"](temperature).max() for temperature in (1, 2, 4, 8, 100)]
    assert largest == sorted(largest, reverse=True)


def test_a_hidden_key_gets_nothing_and_the_others_share_as_if_it_were_not_there():
    assert (hidden_weights[:, 2] == 0).all()
    assert_close(hidden_weights[:, :2], scaled_scores[:, :2].softmax(dim=-1))
    assert_close(hidden_weights.sum(dim=-1), torch.ones(3))


def test_hiding_a_key_is_what_a_mask_of_torch_does():
    mask = torch.tensor([True, True, False])
    theirs = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    assert_close(hidden_weights @ values, theirs)


def test_the_scores_of_the_example_do_not_change():
    assert scaled_scores.isfinite().all()
    assert_close(hidden_scores[:, :2], scaled_scores[:, :2], rtol=0, atol=0)


def test_an_empty_row_is_nan_and_changes_no_other_row(ran):
    assert ran["first"].isnan().all(dim=-1).tolist() == [False, False, True]
    assert_close(ran["first"][:2], scaled_weights[:2] @ values)


def test_a_second_layer_spreads_nan_to_every_output(ran):
    first = ran["first"]
    assert ran["attention"](first, first, first).isnan().all()
    assert ran["printed"][-3:] == [
        "tensor([[nan, nan, nan],",
        "        [nan, nan, nan],",
        "        [nan, nan, nan]])",
    ]


def test_the_temperatures_are_spelled_out(ran):
    assert ran["printed"][:5] == [
        "temperature   0.10: 0.000 1.000 0.000",
        "temperature   1.00: 0.000 0.982 0.018",
        "temperature   1.73: 0.001 0.909 0.090",
        "temperature   4.00: 0.035 0.705 0.259",
        "temperature 100.00: 0.311 0.351 0.337",
    ]


def test_hidden_and_remaining_scores_are_spelled_out(ran):
    assert ran["printed"][9:18] == [
        "without key 3",
        "tensor([[0.2396, 0.7604],",
        "        [0.0010, 0.9990],",
        "        [0.0098, 0.9902]])",
        "weights",
        "tensor([[0.1361, 0.4319, 0.4319],",
        "        [0.0009, 0.9088, 0.0903],",
        "        [   nan,    nan,    nan]])",
        "row 3 of torch's softmax tensor([nan, nan, nan])",
    ]
