# SPDX-License-Identifier: MIT
import runpy

from torch.testing import assert_close

from snippets.real_attention.scaling import gradient
from snippets.real_attention.scaling.gradient import moved, nudge
from snippets.real_attention.scaling.measured import jacobian


def test_a_small_step_of_one_score_moves_the_weights_by_a_column_of_the_jacobian():
    for row in gradient.scores[1], gradient.scaled_scores[1]:
        table = jacobian(row.softmax(dim=-1))
        assert_close(moved(row), table[:, 2] * nudge[2], rtol=0.06, atol=1e-6)


def test_the_moves_of_query_2_and_their_table_are_spelled_out(capsys):
    runpy.run_path(gradient.__file__, run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    # The first number of a move is a small difference of larger ones, so its last digits may vary.
    assert [line.partition(", ")[2] for line in printed[:2]] == [
        "-1.8541e-03,  1.8541e-03])",
        "-8.5468e-03,  8.5553e-03])",
    ]
    assert printed[2:5] == [
        "tensor([[ 8.8965e-04, -8.0928e-04, -8.0378e-05],",
        "        [-8.0928e-04,  8.2848e-02, -8.2038e-02],",
        "        [-8.0378e-05, -8.2038e-02,  8.2119e-02]])",
    ]
    assert printed[5] == "True"  # as torch computes it
