# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.drawing.attention_maps import two_maps
from snippets.real_attention.mistakes import reverse as mistakes_reverse
from snippets.real_attention.trained_head.head import accuracy


@pytest.fixture(scope="module")
def ran():
    """The names of the snippet after its run, which happens once because it trains two models."""
    threads = torch.get_num_threads()
    ran = runpy.run_path(mistakes_reverse.__file__, run_name="__main__")
    torch.set_num_threads(threads)
    return ran


def test_both_models_start_at_chance_and_end_without_a_mistake(ran):
    for curve in (ran["wrong_curve"], ran["right_curve"]):
        assert curve[0] < 0.3
        assert curve[200] == 1


def test_both_models_reverse_sequences_that_they_never_saw(ran):
    tokens = torch.randint(8, (1000, 16), generator=torch.Generator().manual_seed(7))
    for model in (ran["wrong"], ran["right"]):
        assert accuracy(model, tokens, tokens.flip(1)) > 0.999


def test_only_the_right_model_looks_at_the_mirrored_key(ran):
    def mirrored(model):
        return model.weights.flip(-1).diagonal(dim1=-2, dim2=-1).mean()

    assert mirrored(ran["right"]) > 0.5
    assert mirrored(ran["wrong"]) < 0.15


def test_in_the_broken_model_most_rows_of_four_queries_share_a_key(ran):
    weights = ran["wrong"].weights.mean(dim=0)  # (heads, queries, keys)
    for head in range(4):
        for row in range(4):
            four = weights[head, 4 * row : 4 * row + 4].mean(dim=0)
            assert four.argmax() == 15 - (4 * head + row)


def test_the_drawing_says_where_each_query_looks_most(ran):
    right, wrong = (ran[name].weights.mean((0, 1)) for name in ("right", "wrong"))
    two_maps(merged_rightly=right, merged_wrongly=wrong)
    words = plt.gcf().description
    plt.close("all")
    expected = ", ".join(f"query {i} to key {17 - i}" for i in range(1, 17))
    assert words.startswith(f"merged rightly, each query looks most: {expected}.")
    assert "merged wrongly, each query looks most: " in words
    assert "query 3 to key 4 and 8 and 12 and 16, " in words


def test_a_map_is_as_deep_as_its_weights():
    two_maps(one=torch.tensor([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    patches = plt.gca().patches
    assert sorted(patch.get_alpha() for patch in patches) == [0.5, 1.0]
    half, whole = sorted(patches, key=lambda patch: patch.get_alpha())
    one, two = whole.get_path().get_extents(), half.get_path().get_extents()
    assert (one.x1, one.y0) == (two.x0, two.y0), "keys go across"
    plt.close("all")


def test_the_model_attends_as_pytorch_does(ran):
    model = ran["right"]
    tokens = torch.randint(8, (3, 16), generator=torch.Generator().manual_seed(7))
    projected = model.project(model.token(tokens) + model.place.weight)
    parts = [part.unflatten(-1, (4, 8)).transpose(1, 2) for part in projected.chunk(3, dim=-1)]
    attended = torch.nn.functional.scaled_dot_product_attention(*parts)
    theirs = model.read_out(attended.transpose(1, 2).flatten(2))
    kept = model.weights
    assert model(tokens).allclose(theirs, atol=1e-4)
    model.weights = kept
