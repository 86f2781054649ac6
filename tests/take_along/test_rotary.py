# SPDX-License-Identifier: MIT
"""Tests of rotary.py. Take this file along with it, and change the import."""

import pytest
import torch
from torch import nn

from snippets.take_along.rotary import reorder, rotate

PAIRS = ["halves", "neighbors"]


@pytest.fixture
def x():
    return torch.randn(2, 3, 5, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("pairs", "i", "j"), [("halves", 1, 5), ("neighbors", 2, 3)])
def test_a_pair_turns_by_its_position_and_its_speed(x, pairs, i, j):
    turned = rotate(x, pairs=pairs, base=100.0)
    angle = torch.tensor(4 * 100.0 ** (-2 / 8))  # position 4, the second pair
    first, second = x[..., 4, i], x[..., 4, j]
    torch.testing.assert_close(turned[..., 4, i], first * angle.cos() - second * angle.sin())
    torch.testing.assert_close(turned[..., 4, j], first * angle.sin() + second * angle.cos())


@pytest.mark.parametrize("pairs", PAIRS)
def test_scores_depend_only_on_the_distance(x, pairs):
    query, key = x[:, :, :1], x[:, :, 1:2]

    def score(p, q):
        at = lambda n: torch.tensor([n])  # noqa: E731
        return (rotate(query, at(p), pairs=pairs) * rotate(key, at(q), pairs=pairs)).sum(-1)

    torch.testing.assert_close(score(5, 2), score(105, 102), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(score(5, 2), score(2, 5), atol=1e-2)
    torch.testing.assert_close(rotate(x, pairs=pairs).norm(dim=-1), x.norm(dim=-1))


@pytest.mark.parametrize("pairs", PAIRS)
def test_the_first_position_stays_and_an_offset_continues(x, pairs):
    whole = rotate(x, pairs=pairs)
    torch.testing.assert_close(whole[..., 0, :], x[..., 0, :])
    torch.testing.assert_close(rotate(x[..., 3:, :], offset=3, pairs=pairs), whole[..., 3:, :])
    torch.testing.assert_close(rotate(x, torch.arange(5), pairs=pairs), whole)
    given = rotate(x[..., 3:, :], torch.arange(2), offset=3, pairs=pairs)
    torch.testing.assert_close(given, whole[..., 3:, :])


@pytest.mark.parametrize("pairs", PAIRS)
def test_each_example_may_have_positions_of_its_own(x, pairs):
    positions = torch.tensor([[0, 1, 2, 3, 4], [0, 0, 0, 1, 2]])
    turned = rotate(x, positions, pairs=pairs)
    for example in range(2):
        torch.testing.assert_close(
            turned[example], rotate(x[example], positions[example], pairs=pairs)
        )
    torch.testing.assert_close(rotate(x[:, 0], positions, pairs=pairs), turned[:, 0])


def test_positions_of_a_batch_never_meet_the_heads():
    x = torch.randn(3, 3, 5, 8)  # as many examples as heads
    positions = torch.arange(5) + torch.tensor([[0], [10], [20]])
    torch.testing.assert_close(rotate(x, positions)[1], rotate(x[1], positions[1]))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((4,), r"positions are \(4,\), x is \(2, 3, 5, 8\)"),
        ((3, 5), "the first axis of both is the batch"),
        ((2, 1, 5), "or \\(batch, n\\)"),
    ],
)
def test_positions_that_do_not_fit_are_refused(x, shape, words):
    with pytest.raises(ValueError, match=words):
        rotate(x, torch.zeros(shape))


def test_other_slips_are_refused(x):
    with pytest.raises(ValueError, match="7 numbers: they do not make pairs"):
        rotate(x[..., :7])
    with pytest.raises(ValueError, match="'halves' or 'neighbors', not 'half'"):
        rotate(x, pairs="half")
    with pytest.raises(ValueError, match="'halves' or 'neighbors', not 'half'"):
        reorder(torch.ones(8, 4), 2, to="half")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_dtype_stays_and_positions_are_not_rounded(x, dtype):
    far = torch.arange(4099, 4104)  # bfloat16 would round them to 4096 or 4128
    turned = rotate(x.to(dtype), far)
    assert turned.dtype == dtype
    exact = rotate(x.to(dtype).double(), far)
    error = (turned.double() - exact).abs().max()
    assert error <= 4 * torch.finfo(dtype).eps * x.abs().max()


def test_the_dtype_stays_under_autocast(x):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert rotate(x.bfloat16()).dtype == torch.bfloat16
        torch.testing.assert_close(rotate(x), rotate(x.double()).float())


@pytest.mark.parametrize("to", PAIRS)
def test_reordered_weights_give_the_scores_of_the_other_pairing(to):
    torch.manual_seed(0)
    other = {"halves": "neighbors", "neighbors": "halves"}[to]
    query, key, inputs = nn.Linear(12, 16), nn.Linear(12, 16), torch.randn(5, 12)

    def scores(w_query, w_key, pairs, bias_of):
        q, k = (
            nn.functional.linear(inputs, w, b).unflatten(-1, (2, 8)).transpose(0, 1)
            for w, b in zip((w_query, w_key), bias_of, strict=True)
        )
        return rotate(q, pairs=pairs) @ rotate(k, pairs=pairs).mT

    expected = scores(query.weight, key.weight, other, (query.bias, key.bias))
    weights = (reorder(p.weight, 2, to=to) for p in (query, key))
    biases = [reorder(p.bias, 2, to=to) for p in (query, key)]
    torch.testing.assert_close(scores(*weights, to, biases), expected)


def test_reorder_and_back():
    weight = torch.arange(16.0).view(8, 2)
    halves = reorder(weight, 1, to="halves")
    assert halves[:, 0].tolist() == [0, 4, 8, 12, 2, 6, 10, 14]
    assert torch.equal(reorder(halves, 1, to="neighbors"), weight)


def test_the_input_stays_and_gradients_flow(x):
    before = x.clone()
    rotate(x)
    assert torch.equal(x, before)
    small = torch.randn(1, 3, 4, dtype=torch.float64, requires_grad=True)
    for pairs in PAIRS:
        assert torch.autograd.gradcheck(
            lambda t, pairs=pairs: rotate(t, offset=2, pairs=pairs), small
        )


def test_meta_tensors_and_changing_lengths():
    assert rotate(torch.empty(2, 5, 8, device="meta")).device.type == "meta"
    for pairs in PAIRS:
        compiled = torch.compile(
            lambda t, pairs=pairs: rotate(t, offset=t.shape[-2], pairs=pairs),
            fullgraph=True,
            backend="eager",
        )
        for n in (5, 6, 9):
            t = torch.randn(2, 3, n, 8)
            torch.testing.assert_close(compiled(t), rotate(t, offset=n, pairs=pairs))
