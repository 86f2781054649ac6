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
    assert printed == [
        "without scaling tensor([-0.0000, -0.0019,  0.0019])",
        "scaled          tensor([-0.0000, -0.0085,  0.0086])",
        "Jacobian",
        "tensor([[ 0.0009, -0.0008, -0.0001],",
        "        [-0.0008,  0.0828, -0.0820],",
        "        [-0.0001, -0.0820,  0.0821]])",
        "same as torch's: True",
    ]
