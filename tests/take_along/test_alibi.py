# SPDX-License-Identifier: MIT
"""Tests of alibi.py. Take this file along with it, and change the import."""

import pytest
import torch

from snippets.take_along.alibi import alibi, slopes


def test_slopes_halve_for_eight_heads():
    assert slopes(8).tolist() == [2.0**-i for i in range(1, 9)]


def test_other_numbers_of_heads_get_slopes_in_between():
    expected = [2.0 ** (-2 * i) for i in range(1, 5)] + [2.0 ** (-2 * (i - 0.5)) for i in (1, 2)]
    torch.testing.assert_close(slopes(6), torch.tensor(expected))
    assert slopes(1).tolist() == [2.0**-8]


def test_scores_lose_the_slope_at_each_step():
    assert alibi(8, 3)[1].tolist() == [[0.0, -0.25, -0.5], [-0.25, 0.0, -0.25], [-0.5, -0.25, 0.0]]


def test_the_last_query_is_at_the_last_key():
    assert torch.equal(alibi(4, 2, 5), alibi(4, 5)[:, 3:])
    assert torch.equal(alibi(4, 1, 5), alibi(4, 5)[:, 4:])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_dtype_is_the_one_asked_for(dtype):
    biases = alibi(8, 300, dtype=dtype)
    assert biases.dtype == dtype
    assert biases[0, 0, 299].item() == torch.tensor(-149.5, dtype=dtype).item()


def test_devices_and_changing_lengths():
    assert alibi(4, 3, device="meta").device.type == "meta"
    compiled = torch.compile(
        lambda x: x + alibi(3, x.shape[-1], device=x.device), fullgraph=True, backend="eager"
    )
    for n in (5, 6, 9):
        x = torch.zeros(3, n, n)
        assert torch.equal(compiled(x), alibi(3, n))
