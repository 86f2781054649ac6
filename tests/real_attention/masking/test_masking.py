# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.drawing.masks import mask_grids
from snippets.real_attention.batches import attention as batches
from snippets.real_attention.masking import causal as masking_causal
from snippets.real_attention.masking import padding as masking_padding
from snippets.real_attention.masking import pitfalls as masking_pitfalls
from snippets.real_attention.masking.attention import attention
from snippets.real_attention.masking.causal import causal, causal_outputs, changed, changed_outputs
from snippets.real_attention.masking.padding import padded, padded_outputs, padding, short_outputs
from snippets.real_attention.masking.pitfalls import empty, function, layer, masked_too_late, scores
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query
from snippets.walkthrough.queries_keys_values import keys, queries, values

exactly = {"rtol": 0, "atol": 0}
sizes = st.integers(1, 5)


def randn(*size, dtype=torch.float32):
    return torch.randn(*size, dtype=dtype, generator=torch.Generator().manual_seed(sum(size)))


def draw_mask(*size):
    """Return a random mask in which every query may attend to at least one key."""
    mask = torch.rand(size, generator=torch.Generator().manual_seed(sum(size))) < 0.5
    mask[..., 0] |= ~mask.any(dim=-1)
    return mask


@pytest.fixture(autouse=True)
def printing_as_usual():
    yield
    torch.set_printoptions(profile="default")


# The function


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(sizes, max_size=2), sizes, sizes, sizes, sizes, st.booleans())
def test_a_mask_means_what_it_means_to_torch(leading, n_queries, n_keys, d_k, d_v, shared):
    queries, keys = randn(*leading, n_queries, d_k), randn(*leading, n_keys, d_k)
    values = randn(*leading, n_keys, d_v)
    mask = draw_mask(*([] if shared else leading), n_queries, n_keys)
    expected = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    assert_close(attention(queries, keys, values, mask), expected)


@pytest.mark.parametrize("shape", [(5, 3), (2, 1, 3), (1, 5, 3), (2, 5, 3), (3,)])
def test_a_mask_is_broadcast_to_the_scores(shape):
    queries, keys, values = randn(2, 5, 7), randn(2, 3, 7), randn(2, 3, 11)
    mask = draw_mask(*shape)
    assert_close(
        attention(queries, keys, values, mask),
        attention(queries, keys, values, mask.expand(2, 5, 3)),
    )


def test_without_a_mask_the_function_is_that_of_the_chapter_before():
    arguments = randn(2, 5, 7), randn(2, 3, 7), randn(2, 3, 11)
    assert_close(attention(*arguments), batches.attention(*arguments), **exactly)


def test_a_mask_of_true_hides_nothing():
    arguments = randn(2, 5, 7), randn(2, 3, 7), randn(2, 3, 11)
    nothing_hidden = torch.ones(5, 3, dtype=torch.bool)
    assert_close(attention(*arguments, nothing_hidden), attention(*arguments), **exactly)


def test_gradients_are_those_of_torch():
    ours = [randn(*size, dtype=torch.float64) for size in [(2, 5, 7), (2, 3, 7), (2, 3, 11)]]
    theirs = [tensor.clone() for tensor in ours]
    mask = draw_mask(2, 5, 3)
    for ours_or_theirs, tensors in (attention, ours), (F.scaled_dot_product_attention, theirs):
        ours_or_theirs(*[t.requires_grad_() for t in tensors], mask).square().sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        assert_close(mine.grad, other.grad)


def test_a_float_mask_is_refused_and_not_misread():
    with pytest.raises(TypeError):
        attention(queries, keys, values, causal.float())


def test_the_arguments_stay_as_they_are():
    given = [randn(2, 5, 7), randn(2, 3, 7), randn(2, 3, 11), draw_mask(5, 3)]
    before = [tensor.clone() for tensor in given]
    attention(*given)
    assert all(map(torch.equal, given, before))


# Padding


def test_the_shorter_sequence_is_padded_with_zeros():
    assert_close(padded[0], x, **exactly)
    assert_close(padded[1], torch.stack([x[0], x[1], torch.zeros(4)]), **exactly)


def test_the_padding_mask_hides_input_3_of_sequence_2_from_every_query():
    assert padding.shape == (2, 1, 3)
    assert padding.tolist() == [[[True, True, True]], [[True, True, False]]]


def test_inputs_behind_a_padding_mask_change_nothing():
    assert_close(padded_outputs[1, :2], short_outputs)
    assert_close(padded_outputs[0], batches.outputs[0])


def test_without_a_mask_padding_takes_a_share():
    ran = runpy.run_path(masking_padding.__file__, run_name="__main__")
    assert ran["query_1_weights"].tolist() == pytest.approx([0.2228, 0.7070, 0.0702], abs=5e-5)
    unmasked = attention(ran["padded_queries"], ran["padded_keys"], ran["padded_values"])
    assert not torch.allclose(unmasked[1, :2], short_outputs, atol=0.1)


# Causal


def test_the_outputs_are_those_of_the_example():
    assert_close(causal_outputs[0], torch.tensor([1.0, 2, 3]), **exactly)
    assert_close(causal_outputs[1], torch.tensor([1.9990, 7.9941, 0.0029]), rtol=0, atol=5e-5)
    assert_close(causal_outputs[2], torch.tensor([1.9926, 7.4796, 0.7359]), rtol=0, atol=5e-5)


def test_the_causal_mask_leaves_the_last_row():
    assert_close(causal_outputs[2], attention(queries, keys, values)[2], **exactly)


def test_the_mask_is_what_torch_calls_causal():
    expected = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    assert_close(causal_outputs, expected)


def test_the_future_does_not_leak():
    assert_close(changed[:2], x[:2], **exactly)
    assert (changed[2] != x[2]).all()
    assert_close(changed_outputs[:2], causal_outputs[:2], **exactly)
    assert not torch.allclose(changed_outputs[2], causal_outputs[2])


@pytest.mark.parametrize("place", range(5))
def test_the_future_of_no_input_leaks_into_any_batch(place):
    queries, keys, values = randn(2, 5, 7), randn(2, 5, 7), randn(2, 5, 11)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    before = attention(queries, keys, values, mask)
    for tensor in queries, keys, values:
        tensor[:, place:] += 100
    after = attention(queries, keys, values, mask)
    assert_close(after[:, :place], before[:, :place], **exactly)
    assert (after[:, place:] != before[:, place:]).all()


# Pitfalls


def test_masked_after_the_softmax_the_future_leaks():
    first = masked_too_late(queries, keys, causal)
    second = masked_too_late(changed @ w_query, changed @ w_key, causal)
    assert first[0].tolist() == pytest.approx([0.1361, 0, 0], abs=5e-5)
    assert second[0].tolist() == pytest.approx([0.0164, 0, 0], abs=5e-5)
    assert (first.sum(dim=-1)[:2] < 1).all()


@pytest.mark.parametrize("which", ["function", "layer"])
def test_masks_of_four_kinds_mean_four_things(which):
    hidden = torch.tensor([1.0, 2, 3]), torch.tensor([2.0, 7.0, 1.5])
    added = torch.tensor([1.7001, 5.5006, 1.9498])
    additive = torch.zeros(3, 3).masked_fill(~causal, -torch.inf)

    def output_1(mask):
        if which == "layer":
            return layer(queries, keys, values, attn_mask=mask)[0][0]
        return function(queries, keys, values, attn_mask=mask)[0]

    assert_close(output_1(causal), hidden[which == "layer"])
    assert_close(output_1(~causal), hidden[which != "layer"])
    assert_close(output_1(causal.float()), added, rtol=0, atol=5e-5)
    assert_close(output_1(additive), hidden[0])


def test_a_float_mask_is_added_to_the_scores():
    summed = (scores + causal.float()).softmax(dim=-1) @ values
    torchs = F.scaled_dot_product_attention(queries, keys, values, attn_mask=causal.float())
    assert_close(summed, torchs)


def test_the_layer_projects_nothing():
    assert_close(layer(queries, keys, values)[0], attention(queries, keys, values))


def test_a_query_with_no_key_is_nan_by_hand_and_0_in_torch():
    assert not empty[1].any() and empty[[0, 2]].equal(causal[[0, 2]])
    by_hand = attention(queries, keys, values, empty)
    assert by_hand[1].isnan().all()
    torchs = F.scaled_dot_product_attention(queries, keys, values, attn_mask=empty)
    assert_close(torchs[1], torch.zeros(3), **exactly)
    assert_close(by_hand[[0, 2]], torchs[[0, 2]])


def test_minus_1e9_hides_an_empty_row_behind_equal_weights():
    weights = scores.masked_fill(~empty, -1e9).softmax(dim=-1)
    assert_close(weights[1], torch.full((3,), 1 / 3))
    assert_close(weights[[0, 2]], scores.masked_fill(~empty, -torch.inf).softmax(dim=-1)[[0, 2]])


def test_float16_refuses_minus_1e9_and_takes_inf():
    with pytest.raises(RuntimeError, match="without overflow"):
        scores.half().masked_fill(~causal, -1e9)
    assert attention(queries.half(), keys.half(), values.half(), causal).isfinite().all()


# The page


def test_the_page_prints_these_lines(capsys):
    for module in masking_padding, masking_causal, masking_pitfalls:
        runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    for line in (
        "weights of query 1 tensor([0.2228, 0.7070, 0.0702])",
        "        [1.9990, 7.9941, 0.0029],",
        "output stays the same tensor([ True,  True, False])",
        "before tensor([0.1361, 0.0000, 0.0000])",
        "after  tensor([0.0164, 0.0000, 0.0000])",
        "filled with -inf:  tensor([nan, nan, nan])",
        "filled with -1e9:  tensor([0.3333, 0.3333, 0.3333])",
        "torch's function:  tensor([0., 0., 0.])",
        "-1e9 in float16: value cannot be converted to type c10::Half without overflow",
    ):
        assert line in printed.splitlines()
    lines = printed.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("causal     function"))
    assert lines[first : first + 8] == [
        "causal     function tensor([1., 2., 3.])",
        "           layer    tensor([2.0000, 7.0000, 1.5000])",
        "~causal    function tensor([2.0000, 7.0000, 1.5000])",
        "           layer    tensor([1., 2., 3.])",
        "0 and 1    function tensor([1.7001, 5.5006, 1.9498])",
        "           layer    tensor([1.7001, 5.5006, 1.9498])",
        "0 and -inf function tensor([1., 2., 3.])",
        "           layer    tensor([1., 2., 3.])",
    ]


def test_the_picture_says_who_may_attend_to_whom():
    mask_grids("Two masks", {"padding, sequence 2": padding[1].expand(3, 3), "causal": causal})
    said = plt.gcf().description
    plt.close("all")
    everyone = "query 1 may attend to key 1, key 2; query 2 may attend to key 1, key 2; query 3 may"
    assert f"padding, sequence 2: {everyone} attend to key 1, key 2." in said
    assert "causal: query 1 may attend to key 1; query 2 may attend to key 1, key 2; query" in said


@pytest.mark.parametrize("module", [masking_padding, masking_causal])
def test_queries_and_keys_keep_their_roles_on_other_weights(module, monkeypatch):
    # The scores of the example are symmetric, so they cannot tell a query from a key.
    projections = randn(3, 4, 3)
    for name, weights in zip(("w_query", "w_key", "w_value"), projections, strict=True):
        monkeypatch.setattr(f"snippets.walkthrough.projection_weights.{name}", weights)
    for name, projected in zip(("queries", "keys", "values"), x @ projections, strict=True):
        monkeypatch.setattr(f"snippets.walkthrough.queries_keys_values.{name}", projected)
    ran = runpy.run_path(module.__file__)
    if module is masking_causal:
        expected = F.scaled_dot_product_attention(*(x @ projections), is_causal=True)
        assert_close(ran["causal_outputs"], expected)
    else:
        expected = F.scaled_dot_product_attention(*(x[:2] @ projections))
        assert_close(ran["short_outputs"], expected)
        assert_close(ran["padded_outputs"][1, :2], expected)
