# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.real_attention.rotary import rotary as module
from snippets.real_attention.rotary.rotary import rotate, rotate_halves
from snippets.real_attention.scaling.attention import attention
from snippets.walkthrough.inputs import x

generated = settings(deadline=None, max_examples=50, derandomize=True)
both = pytest.mark.parametrize("turn", [rotate, rotate_halves])
places = st.integers(0, 1000)
sizes = st.integers(1, 32).map(lambda pairs: 2 * pairs)
seeds = st.integers(0, 99)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def with_complex_numbers(pairs, positions):
    """Compute section 3.2 of Su et al., 2021: pairs as complex numbers times e^(i m theta)."""
    d = 2 * pairs.shape[-1]
    theta = torch.tensor([10000.0 ** (-2 * i / d) for i in range(d // 2)])
    return pairs * torch.polar(torch.ones(()), torch.outer(positions.float(), theta))


@generated
@given(st.lists(places, min_size=1, max_size=5), sizes, seeds)
def test_neighbors_turn_as_complex_numbers_do(positions, d, seed):
    positions, vectors = torch.tensor(positions), random(3, len(positions), d, seed=seed)
    pairs = torch.view_as_complex(vectors.unflatten(-1, (-1, 2)))
    turned = torch.view_as_real(with_complex_numbers(pairs, positions)).flatten(-2)
    assert_close(rotate(vectors, positions), turned, rtol=0, atol=1e-3)


@generated
@given(st.lists(places, min_size=1, max_size=5), sizes, seeds)
def test_halves_turn_as_complex_numbers_do(positions, d, seed):
    positions, vectors = torch.tensor(positions), random(3, len(positions), d, seed=seed)
    pairs = torch.complex(vectors[..., : d // 2], vectors[..., d // 2 :])
    turned = with_complex_numbers(pairs, positions)
    expected = torch.cat([turned.real, turned.imag], dim=-1)
    assert_close(rotate_halves(vectors, positions), expected, rtol=0, atol=1e-3)


@both
@generated
@given(p=places, q=places, shift=places, d=sizes, seed=seeds)
def test_a_score_depends_only_on_the_distance(turn, p, q, shift, d, seed):
    query, key = random(2, d, seed=seed)

    def score(p, q):
        return (turn(query, torch.tensor(p)) @ turn(key, torch.tensor(q))).item()

    assert score(p + shift, q + shift) == pytest.approx(score(p, q), abs=2e-3 * d)
    by_distance = (turn(query, torch.tensor(p - q)) @ key).item()
    assert score(p, q) == pytest.approx(by_distance, abs=2e-3 * d)


def test_the_query_at_5_and_the_key_at_2_score_as_at_105_and_102():
    query, key = random(2, 64)
    near = rotate(query, torch.tensor(5)) @ rotate(key, torch.tensor(2))
    far = rotate(query, torch.tensor(105)) @ rotate(key, torch.tensor(102))
    assert_close(near, far, rtol=0, atol=1e-4)
    turned_around = rotate(query, torch.tensor(2)) @ rotate(key, torch.tensor(5))
    assert (near - turned_around).abs() > 0.1


@both
@generated
@given(p=places, d=sizes, seed=seeds)
def test_turning_changes_no_length(turn, p, d, seed):
    vector = random(d, seed=seed)
    assert_close(turn(vector, torch.tensor(p)).norm(), vector.norm())


@both
def test_position_0_turns_nothing(turn):
    vectors = random(5, 6)
    assert_close(turn(vectors, torch.zeros(5)), vectors, rtol=0, atol=0)


@both
def test_attention_is_the_same_wherever_the_text_begins(turn):
    queries, keys, values = random(2, 3, 7, 6), random(2, 3, 7, 6, seed=1), random(2, 3, 7, 5)
    positions = torch.arange(7)

    def outputs(positions):
        return F.scaled_dot_product_attention(
            turn(queries, positions), turn(keys, positions), values
        )

    assert_close(outputs(positions), outputs(positions + 100), rtol=0, atol=1e-4)
    ours = attention(turn(queries[0, 0], positions), turn(keys[0, 0], positions), values[0, 0])
    assert_close(ours, outputs(positions)[0, 0])


@both
def test_attention_with_positions_sees_order(turn):
    queries, keys, values = random(7, 6), random(7, 6, seed=1), random(7, 5, seed=2)
    positions, order = torch.arange(7), [3, 6, 0, 2, 5, 1, 4]
    in_place = attention(turn(queries, positions), turn(keys, positions), values)
    moved = attention(turn(queries[order], positions), turn(keys[order], positions), values[order])
    assert not torch.allclose(moved, in_place[order], atol=0.1)


def test_the_two_conventions_agree_where_the_numbers_are_reordered_to_match():
    vectors, positions = random(5, 8), torch.arange(5)
    reorder = [0, 2, 4, 6, 1, 3, 5, 7]
    expected = rotate(vectors, positions)[:, reorder]
    assert_close(rotate_halves(vectors[:, reorder], positions), expected)
    assert not torch.allclose(
        rotate_halves(vectors, positions), rotate(vectors, positions), atol=0.1
    )


@both
def test_vectors_of_odd_length_are_refused(turn):
    with pytest.raises(AssertionError, match="3 numbers do not make pairs"):
        turn(random(2, 3), torch.arange(2))


@both
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_dtype_stays(turn, dtype):
    assert turn(random(3, 8).to(dtype), torch.arange(3)).dtype == dtype


@both
@pytest.mark.parametrize("default", [torch.float32, torch.bfloat16])
def test_16_bits_do_not_round_the_positions(turn, default):
    positions, vectors = torch.arange(250, 270), random(20, 64).bfloat16()
    expected = turn(vectors.float(), positions)
    torch.set_default_dtype(default)
    try:
        turned = turn(vectors, positions)
    finally:
        torch.set_default_dtype(torch.float32)
    assert_close(turned.float(), expected, rtol=0, atol=0.02)


def test_the_caller_keeps_its_tensor():
    before = x.clone()
    rotate(x, torch.arange(3)), rotate_halves(x, torch.arange(3))
    assert_close(x, before, rtol=0, atol=0)


def test_the_page_shows_equal_scores_and_conventions_that_differ(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "query at 5, key at 2: 0.1807",
        "query at 105, key at 102: 0.1807",
        "query at 2, key at 5: -0.1616",
        "neighbors: tensor([ 2.0000, -1.7029, -0.3456])",
        "halves:    tensor([ 2.0000,  0.0000, -0.8323])",
        "reordered: tensor([ 2.0000, -1.7029, -0.3456])",
    ]
