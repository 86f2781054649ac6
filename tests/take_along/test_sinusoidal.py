# SPDX-License-Identifier: MIT
"""Tests of sinusoidal.py. Take this file along with it, and change the import."""

import math

import pytest
import torch

from snippets.take_along.sinusoidal import sinusoidal


def test_sines_and_cosines_alternate():
    row = sinusoidal(6, 4, base=100.0)[5]
    expected = [math.sin(5), math.cos(5), math.sin(0.5), math.cos(0.5)]
    torch.testing.assert_close(row, torch.tensor(expected))


def test_positions_may_be_given():
    whole = sinusoidal(7, 6)
    torch.testing.assert_close(sinusoidal(torch.tensor([4, 2]), 6), whole[[4, 2]])
    torch.testing.assert_close(sinusoidal(3, 6, offset=4), whole[4:])
    assert sinusoidal(torch.zeros(2, 3), 6).shape == (2, 3, 6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_dtype_is_that_of_the_inputs_and_positions_are_not_rounded(dtype):
    x = torch.zeros(2, 3, 8, dtype=dtype)
    rows = sinusoidal(3, 8, offset=4099, like=x)
    assert rows.dtype == dtype
    exact = sinusoidal(3, 8, offset=4099, like=x.double())
    assert (rows.double() - exact).abs().max() <= max(
        torch.finfo(dtype).eps,
        5e-4 if dtype == torch.float32 else 0,
        1e-3 if dtype == torch.float16 else 0,
    )


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="d_model is 5"):
        sinusoidal(3, 5)


def test_devices_and_changing_lengths():
    assert sinusoidal(3, 4, like=torch.empty(3, 4, device="meta")).device.type == "meta"
    compiled = torch.compile(
        lambda x: x + sinusoidal(x.shape[-2], 8, like=x), fullgraph=True, backend="eager"
    )
    for n in (5, 6, 9):
        x = torch.zeros(2, n, 8)
        torch.testing.assert_close(compiled(x), x + sinusoidal(n, 8))
