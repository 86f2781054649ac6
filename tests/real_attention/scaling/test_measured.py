# SPDX-License-Identifier: MIT
import contextlib
import io
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.scaling import measured as scaling_measured
from snippets.real_attention.scaling.measured import draw, jacobian, lengths


@pytest.fixture(scope="module")
def ran():
    """The names of the snippet after its run, its measurements, and its output."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        names = runpy.run_path(scaling_measured.__file__, run_name="__main__")
    plt.close("all")
    return names | {"printed": printed.getvalue().splitlines()}


def test_unscaled_one_key_takes_nearly_all_the_longer_the_queries(ran):
    unscaled = [ran["largest"][d][0] for d in (4, 64, 512, 4096)]
    assert unscaled == pytest.approx([0.46, 0.85, 0.95, 0.98], abs=0.01)


def test_scaled_the_largest_weight_is_a_quarter_at_every_length(ran):
    assert [ran["largest"][d][1] for d in lengths] == pytest.approx([0.25] * 4, abs=0.006)


def test_the_jacobian_shrinks_with_the_length_unless_the_scores_are_scaled(ran):
    assert ran["means"][4][0] == pytest.approx(0.34, abs=0.006)
    assert ran["means"][4096][0] == pytest.approx(0.03, abs=0.006)
    assert [ran["means"][d][1] for d in lengths] == pytest.approx([0.305] * 4, abs=0.001)


def test_at_length_4096_most_unscaled_rows_do_not_move(ran):
    unscaled, scaled = map(ran["norms"], draw(4096))
    assert unscaled.median() < 1e-9
    assert scaled.median() > 0.3


def test_the_small_weights_of_a_stuck_row_are_not_rounded_away(ran):
    weights = draw(4096)[0]
    # 1 - the largest weight is the sum of the others.
    others = weights.sort(dim=-1).values[:, :-1].sum(dim=-1)
    diagonal = jacobian(weights).diagonal(dim1=-2, dim2=-1).amax(dim=-1)
    stuck = others < 1e-9
    assert stuck.any()
    assert_close(diagonal[stuck], others[stuck], rtol=1e-4, atol=1e-14)


def test_the_jacobian_is_what_autograd_computes():
    random = torch.Generator().manual_seed(0)
    scores = torch.randn(5, 7, generator=random, dtype=torch.float64)
    for row, table in zip(scores, jacobian(scores.softmax(dim=-1)), strict=True):
        theirs = torch.autograd.functional.jacobian(lambda s: s.softmax(dim=-1), row)
        assert_close(table, theirs)


def test_rows_differ_for_each_length_and_are_the_same_in_each_run():
    for one, again in zip(draw(64), draw(64), strict=True):
        assert_close(one, again, rtol=0, atol=0)
    assert not torch.allclose(draw(4)[1], draw(64)[1])
    assert draw(4)[0].shape == (10_000, 16)


def test_the_spread_is_the_root_of_the_length_of_a_key_and_not_of_an_input(ran):
    spreads = [float(line.partition("spread ")[2]) for line in ran["printed"] if "spread" in line]
    assert spreads[:4] == pytest.approx([2, 8, 22.63, 64], rel=0.02)
    assert spreads[4:] == pytest.approx([8, 1, 8 / 512**0.5], rel=0.02)
