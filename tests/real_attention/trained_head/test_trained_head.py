# SPDX-License-Identifier: MIT
import math
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F

from snippets.drawing.attention_maps import letter_map, side_by_side
from snippets.real_attention.trained_head import letters, reverse
from snippets.real_attention.trained_head.head import OneHead, accuracy, learn


def run(snippet):
    threads = torch.get_num_threads()
    ran = runpy.run_path(snippet.__file__, run_name="__main__")
    torch.set_num_threads(threads)
    return ran


@pytest.fixture(scope="module")
def reversal():
    return run(reverse)


@pytest.fixture(scope="module")
def spelling():
    return run(letters)


def test_the_head_comes_to_look_at_the_mirrored_place(reversal):
    scores = reversal["scores"]
    assert scores[0] < 0.15
    assert 0.4 < scores[15] < 0.9
    assert scores[100] > 0.95


def test_the_head_reverses_sequences_that_it_never_saw(reversal):
    tokens = torch.randint(8, (500, 10), generator=torch.Generator().manual_seed(9))
    assert reversal["right"][0] < 0.2
    assert accuracy(reversal["model"], tokens, tokens.flip(1)) > 0.999


def test_the_maps_are_those_of_their_step(reversal):
    for step, score in reversal["scores"].items():
        assert reverse.mirrored(reversal["maps"][step][None]) == pytest.approx(score, abs=1e-5)


def test_mirrored_is_1_for_a_mirror_and_0_for_a_straight_line():
    assert reverse.mirrored(torch.eye(4).flip(-1)[None]) == 1
    assert reverse.mirrored(torch.eye(4)[None]) == 0


def test_a_head_that_counts_places_looks_most_at_the_previous_letter(spelling):
    weights = spelling["model"].weights[0]  # (queries, keys), the same for every piece
    assert spelling["share"] > 0.65
    assert weights[1:].argmax(dim=-1).tolist() == list(range(7))


def test_a_free_head_predicts_as_well_and_looks_elsewhere(spelling):
    assert spelling["free_share"] < 0.4
    assert abs(spelling["free_right"] - spelling["right"]) < 0.05
    assert spelling["right"] > 0.9


def test_before_training_the_weights_are_even():
    weights = letters.trained(0, by_position=True)
    assert accuracy(weights, letters.inputs, letters.targets) < 0.3
    even = weights.mask / weights.mask.sum(-1, keepdim=True)
    assert letters.previous(weights.weights) == pytest.approx(letters.previous(even), abs=0.03)


def test_two_letters_always_settle_the_next_and_one_does_not():
    text = letters.sentence
    pairs = [text[i : i + 2] for i in range(len(text) - 2)]
    assert all(len(letters.followers(pair)) == 1 for pair in pairs)
    assert letters.followers("t") == ["e", "i", "t"]


def test_previous_is_1_just_below_the_diagonal_and_0_on_it():
    below = torch.ones(4, 4).tril(-1).triu(-1)
    assert letters.previous(below) == 1
    assert letters.previous(torch.eye(4)) == 0


def test_the_causal_head_sees_no_later_letter():
    torch.manual_seed(0)
    model = OneHead(5, 4, is_causal=True)
    one, other = model(torch.tensor([[0, 1, 2, 3]])), model(torch.tensor([[0, 1, 4, 4]]))
    assert torch.allclose(one[:, :2], other[:, :2])
    assert not torch.allclose(one[:, 2:], other[:, 2:])


def test_the_head_attends_as_pytorch_does():
    torch.manual_seed(0)
    model, tokens = OneHead(5, 4, is_causal=True), torch.randint(5, (3, 4))
    x = model.token(tokens) + model.position.weight
    attended = F.scaled_dot_product_attention(
        model.w_query(x), model.w_key(x), model.w_value(x), is_causal=True
    )
    assert torch.allclose(model(tokens), model.read_out(x + attended), atol=1e-5)


def test_a_step_of_training_lowers_the_loss():
    torch.manual_seed(0)
    model = OneHead(8, 10)
    tokens, targets = reverse.examples(64)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def loss():
        return F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten()).item()

    before = loss()
    learn(model, optimizer, tokens, targets)
    assert loss() < before


def test_accuracy_is_the_share_of_right_tokens():
    tokens = torch.tensor([[0, 1, 2, 3]])
    logits = F.one_hot(torch.tensor([[0, 1, 0, 0]]), 4).float()
    assert accuracy(lambda _: logits, tokens, tokens) == 0.5


def test_maps_side_by_side_share_a_scale():
    half = torch.full((12, 12), 0.5)
    side_by_side("Two maps", largest=1, weak=half, strong=2 * half)
    depths = [patch.get_alpha() for patch in plt.gca().patches]
    plt.close("all")
    assert depths == [0.5, 1.0]


def test_a_map_of_letters_names_them_and_shades_every_weight():
    letter_map("Letters", "a b", torch.eye(3))
    texts = [text.get_text() for text in plt.gca().texts]
    depths = [patch.get_alpha() for patch in plt.gca().patches]
    told = plt.gcf().description
    plt.close("all")
    assert texts.count("a") == texts.count("_") == texts.count("b") == 2
    assert [depth > 0.9 for depth in depths] == [bool(w) for w in torch.eye(3).flatten()]
    assert "query 3 to key 3" in told
    assert math.isclose(min(depths), 0.05)
