# SPDX-License-Identifier: MIT
import math
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.real_attention.rotary import alibi as module
from snippets.real_attention.rotary.alibi import alibi, slopes
from snippets.walkthrough.attention_scores import scores
from snippets.walkthrough.queries_keys_values import keys, queries, values

exactly = {"rtol": 0, "atol": 0}


def slopes_by_the_paper(n_heads):
    """Compute slopes as in section 3 of Press et al., 2021.

    For a number that is no power of 2, do as the authors' code does: take the slopes for the next
    lower power, then every second slope for the next higher power.
    """
    lower = 1
    while lower * 2 <= n_heads:
        lower *= 2

    def geometric(n):
        start = 2 ** (-8 / n)
        return [start ** (i + 1) for i in range(n)]

    return geometric(lower) + geometric(2 * lower)[::2][: n_heads - lower]


def test_eight_heads_halve_their_slopes():
    assert_close(slopes(8), torch.tensor([2.0**-i for i in range(1, 9)]), **exactly)


def test_sixteen_heads_begin_at_one_over_the_root_of_2():
    assert_close(slopes(16)[0].item(), math.sqrt(0.5), rtol=1e-6, atol=0)
    assert_close(slopes(16)[1::2], slopes(8))


@pytest.mark.parametrize("n_heads", [*range(1, 34), 112])
def test_slopes_are_those_of_the_paper_for_any_number_of_heads(n_heads):
    assert_close(slopes(n_heads), torch.tensor(slopes_by_the_paper(n_heads)))


@pytest.mark.parametrize(("n_heads", "n"), [(8, 5), (3, 7), (1, 1), (5, 2)])
def test_a_bias_is_minus_the_slope_times_the_distance(n_heads, n):
    biases = alibi(n_heads, n)
    assert biases.shape == (n_heads, n, n)
    for head, slope in enumerate(slopes_by_the_paper(n_heads)):
        for i in range(n):
            for j in range(n):
                expected = pytest.approx(-slope * abs(i - j), rel=1e-5)
                assert biases[head, i, j].item() == expected


def test_causal_attention_gets_what_the_paper_writes():
    """In the paper, query i has the biases m times (-(i-1), ..., -2, -1, 0) for its keys."""
    n, causal = 7, torch.ones(7, 7).tril().bool()
    torch.manual_seed(0)
    queries, keys, values = (torch.randn(2, 8, n, size) for size in (5, 5, 3))
    m = torch.tensor(slopes_by_the_paper(8)).view(8, 1, 1)
    shifted = (m * torch.arange(n)).masked_fill(~causal, -math.inf)  # equal up to a shift
    ours = alibi(8, n).masked_fill(~causal, -math.inf)
    theirs = F.scaled_dot_product_attention(queries, keys, values, attn_mask=shifted)
    assert_close(F.scaled_dot_product_attention(queries, keys, values, attn_mask=ours), theirs)


def test_no_bias_is_a_minus_zero():
    assert not alibi(8, 3)[0].diagonal().signbit().any()


def test_attention_with_biases_sees_order():
    def outputs(order):
        bias = alibi(8, 3)[0]
        parts = queries[order], keys[order], values[order]
        return F.scaled_dot_product_attention(*parts, attn_mask=bias)

    order = [2, 0, 1]
    assert not torch.allclose(outputs(order), outputs([0, 1, 2])[order], atol=0.02)


@pytest.fixture
def ran():
    names = runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_the_weights_of_the_example_are_those_of_torch(ran):
    bias = alibi(8, 3)[0]
    theirs = F.scaled_dot_product_attention(queries, keys, torch.eye(3), attn_mask=bias)
    assert_close(ran["weights"], theirs)


def test_the_nearer_of_two_equal_keys_wins(ran):
    assert scores[0, 1] == scores[0, 2]
    assert ran["weights"][0, 1] > ran["weights"][0, 2] + 0.1


def test_the_page_shows_slopes_biases_and_weights(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.splitlines() == [
        "slopes: tensor([0.5000, 0.2500, 0.1250, 0.0625, 0.0312, 0.0156, 0.0078, 0.0039])",
        "biases of head 1:",
        "tensor([[ 0.0000, -0.5000, -1.0000],",
        "        [-0.5000,  0.0000, -0.5000],",
        "        [-1.0000, -0.5000,  0.0000]])",
        "without biases: tensor([0.1361, 0.4319, 0.4319])",
        "with biases:    tensor([0.2444, 0.4703, 0.2853])",
    ]
