# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.real_attention.batches.attention import keys, outputs, values
from snippets.walkthrough import queries_keys_values as one


def test_sequence_2_ends_with_the_output_of_input_1():
    assert_close(
        outputs[1, -1], F.scaled_dot_product_attention(one.queries, one.keys, one.values)[0]
    )


def test_scores_have_a_row_for_each_query_and_a_column_for_each_key(solved):
    assert solved["many_scores"].shape == (8, 10, 10)
    assert solved["many_outputs"].shape == (8, 10, 32)


def test_sequence_1_does_not_see_that_sequence_2_changed(solved):
    same = solved["changed_outputs"] == outputs
    assert same[0].all()
    assert not same[1].any()
    for changed, given in ("changed_keys", keys), ("changed_values", values):
        assert_close(
            solved[changed] - given, torch.tensor([0.0, 1]).reshape(2, 1, 1).expand(2, 3, 3)
        )


def test_the_last_output_is_printed(capsys, solved):
    assert capsys.readouterr().out.startswith(
        "last output of sequence 2: tensor([1.8639, 6.3194, 1.7042])\n"
    )
