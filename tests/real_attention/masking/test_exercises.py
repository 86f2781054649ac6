# SPDX-License-Identifier: MIT
from torch.testing import assert_close

from snippets.real_attention.masking.attention import attention
from snippets.real_attention.masking.padding import (
    padded_keys,
    padded_outputs,
    padded_queries,
    padded_values,
    padding,
)
from snippets.walkthrough.queries_keys_values import keys, queries, values


def test_query_1_without_itself_averages_values_2_and_3(solved):
    assert_close(solved["not_itself"], values[1:].mean(dim=0))


def test_the_known_mistakes_are_what_they_are_called(solved):
    weights = (queries[0] @ keys.T / 3**0.5).softmax(dim=-1)  # as on the page
    too_late = weights.masked_fill(~solved["others"], 0) @ values
    unmasked = attention(queries[0], keys, values)
    assert_close(too_late, unmasked - weights[0] * values[0])
    assert_close(attention(queries[0], keys, values, ~solved["others"]), values[0])


def test_on_the_axis_of_queries_a_padding_mask_hides_no_key(solved):
    assert solved["wrong"].shape == (2, 3, 1)
    assert solved["wrong"].flatten().equal(padding.flatten())
    outputs = attention(padded_queries, padded_keys, padded_values, solved["wrong"])[1]
    assert_close(outputs[:2], attention(padded_queries, padded_keys, padded_values)[1, :2])
    assert outputs[2].isnan().all()


def test_a_mask_does_not_hide_a_value_that_is_nan(solved):
    broken = solved["broken_values"]
    assert broken.isnan().sum() == broken[1, 2].isnan().sum() == 3
    outputs = attention(padded_queries, padded_keys, broken, padding)
    assert outputs[1].isnan().all()
    assert_close(outputs[0], padded_outputs[0])


def test_the_page_prints_these_lines(capsys, solved):
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "output 1: tensor([2.0000, 7.0000, 1.5000])"
    assert printed[8].split() == ["[", "nan,", "nan,", "nan]])"]
    assert printed[9:13] == [
        "outputs of sequence 2:",
        "tensor([[nan, nan, nan],",
        "        [nan, nan, nan],",
        "        [nan, nan, nan]])",
    ]


def test_a_causal_mask_makes_the_order_matter(solved):
    moved, order = solved["moved_outputs"], solved["order"]
    assert_close(moved[0], values[order[0]])
    assert not any(moved[i].allclose(solved["causal_outputs"][j]) for i, j in enumerate(order))


def test_a_window_shows_each_query_itself_and_the_one_before(solved):
    assert solved["window"].tolist() == [[i - j in (0, 1) for j in range(3)] for i in range(3)]
    assert (solved["window"] != solved["causal"]).any(dim=-1).tolist() == [False, False, True]
