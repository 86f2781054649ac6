# SPDX-License-Identifier: MIT
import math
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.real_attention.positional_encoding import sinusoidal as module
from snippets.real_attention.positional_encoding.moved import moved, outputs_of
from snippets.real_attention.positional_encoding.sinusoidal import angles, encodings, sinusoidal
from snippets.walkthrough.inputs import x

generated = settings(deadline=None, max_examples=50, derandomize=True)
places = st.integers(0, 2000)
sizes = st.integers(1, 32).map(lambda pairs: 2 * pairs)


def by_the_paper(position, d_model):
    """Compute section 3.5 of Vaswani et al., 2017, number by number."""
    numbers = []
    for i in range(d_model // 2):
        angle = position / 10000 ** (2 * i / d_model)
        numbers += [math.sin(angle), math.cos(angle)]
    return numbers


@generated
@given(st.lists(places, min_size=1, max_size=5), sizes)
def test_every_number_is_that_of_the_paper(positions, d_model):
    expected = torch.tensor([by_the_paper(p, d_model) for p in positions])
    ours = sinusoidal(torch.tensor(positions), d_model)
    assert_close(ours, expected, rtol=0, atol=5e-4)
    assert ours.shape == (len(positions), d_model)


@generated
@given(places, sizes)
def test_the_squared_length_is_half_of_d_model(position, d_model):
    encoding = sinusoidal(torch.tensor(position), d_model)
    assert_close((encoding @ encoding).item(), d_model / 2, rtol=1e-5, atol=0)


@generated
@given(places, places, st.integers(0, 2000), sizes)
def test_the_product_depends_only_on_the_distance(p, q, shift, d_model):
    def product(p, q):
        return (sinusoidal(torch.tensor(p), d_model) @ sinusoidal(torch.tensor(q), d_model)).item()

    speeds = [10000 ** (-2 * i / d_model) for i in range(d_model // 2)]
    by_distance = sum(math.cos(speed * (p - q)) for speed in speeds)
    for ours in (product(p, q), product(q, p), product(p + shift, q + shift)):
        assert ours == pytest.approx(by_distance, abs=2e-3 * d_model)


def test_the_encodings_are_those_of_the_example():
    expected = [[0, 1, 0, 1], [0.8415, 0.5403, 0.0100, 0.9999], [0.9093, -0.4161, 0.0200, 0.9998]]
    assert_close(encodings, torch.tensor(expected), rtol=0, atol=6e-5)


def test_the_slowest_pair_is_the_last():
    turned = angles(torch.tensor(1), 8)
    assert_close(turned, torch.tensor([1, 0.1, 0.01, 0.001]))


def test_positions_may_be_of_any_shape_and_on_any_device():
    assert sinusoidal(torch.arange(6).view(2, 3), 10).shape == (2, 3, 10)
    assert sinusoidal(torch.arange(3, device="meta"), 4).device.type == "meta"


def test_an_odd_number_of_numbers_is_refused():
    with pytest.raises(AssertionError, match="5 numbers do not make pairs"):
        sinusoidal(torch.arange(3), 5)


def test_attention_with_positions_sees_order():
    in_place, in_other_places = outputs_of(x + encodings), outputs_of(x[moved] + encodings)
    for row in in_other_places:
        assert (row - in_place).abs().amax(dim=-1).min() > 0.1  # differs from all earlier rows


def test_the_page_shows_positions_their_products_and_what_they_change(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "encodings:",
        "tensor([[ 0.0000,  1.0000,  0.0000,  1.0000],",
        "        [ 0.8415,  0.5403,  0.0100,  0.9999],",
        "        [ 0.9093, -0.4161,  0.0200,  0.9998]])",
        "products:",
        "tensor([[2.0000, 1.5403, 0.5837],",
        "        [1.5403, 2.0000, 1.5403],",
        "        [0.5837, 1.5403, 2.0000]])",
        "loan, river, bank:",
        "tensor([[ 3.0058, 11.9741,  0.2360],",
        "        [ 3.0099, 12.2983,  0.0335],",
        "        [ 3.0098, 12.1572,  0.1233]])",
        "bank, loan, river:",
        "tensor([[3.0092, 9.7401, 1.2840],",
        "        [2.9903, 9.6717, 1.2975],",
        "        [3.0082, 9.7856, 1.5704]])",
    ]
